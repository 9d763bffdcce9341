export type { AgentOpsError } from '../errors.ts';
export {
  type ConfigEntry,
  type ConfigLine,
  type ExplainedConfig,
  type ExplainOptions,
  explainConfig,
} from './explain.ts';
export { configJsonSchema } from './json-schema.ts';
export { travelsInPlainText } from './plain-text.ts';
