export type {
  CutFault,
  DelayFault,
  ErrorEventFault,
  Fault,
  HangFault,
  MalformedFault,
  StatusFault,
} from './fault.ts';
export type { Outcome, ReceivedRequest } from './received.ts';
export type {
  Choice,
  Chunking,
  FinishReason,
  ModelReply,
  ReplyContent,
  ReplySettings,
  ToolCall,
} from './reply.ts';
export type {
  Message,
  ModelRequest,
  Operation,
  PastToolCall,
  Provider,
  RequestContent,
  ToolDefinition,
  ToolResult,
} from './request.ts';
export { always, echo, type Script, sequence } from './script.ts';
export { type ModelServer, type ModelServerOptions, startModelServer } from './server.ts';
export type { Usage } from './usage.ts';
