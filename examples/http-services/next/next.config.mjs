export default {
  // Packages that patch and listen are loaded by Node, not bundled.
  serverExternalPackages: ['agentops', '@opentelemetry/api'],
};
