import packageJson from '../package.json' with { type: 'json' };

/** The version of this package; on the tracer's scope and, as `agentops.version`, on the Resource. */
export const VERSION: string = packageJson.version;
