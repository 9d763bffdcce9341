/** What instrumentations have called a provider, in lower case, and the conventions' name for it. */
const aliases = new Map([
  ['amazon-bedrock', 'aws.bedrock'],
  ['aws', 'aws.bedrock'],
  ['bedrock', 'aws.bedrock'],
  ['az.ai.inference', 'azure.ai.inference'],
  ['az.ai.openai', 'azure.ai.openai'],
  ['azure', 'azure.ai.openai'],
  ['azure-openai', 'azure.ai.openai'],
  ['gemini', 'gcp.gemini'],
  ['google', 'gcp.gen_ai'],
  ['google.generative-ai', 'gcp.gemini'],
  ['google.vertex', 'gcp.vertex_ai'],
  ['vertex_ai', 'gcp.vertex_ai'],
  ['vertexai', 'gcp.vertex_ai'],
  ['mistral', 'mistral_ai'],
  ['mistralai', 'mistral_ai'],
  ['watsonx', 'ibm.watsonx.ai'],
  ['xai', 'x_ai'],
]);

/** What follows a provider's name in the Vercel AI SDK (`openai.responses`): the interface that was called. */
const INTERFACE = /\.(chat|messages|responses|completion|embedding|textembedding|image)$/;

/** The conventions' name of a provider (`gen_ai.provider.name`); one it has no name for stands, in lower case. */
export function providerName(given: string): string {
  const name = given.trim().toLowerCase().replace(INTERFACE, '');
  return aliases.get(name) ?? name;
}
