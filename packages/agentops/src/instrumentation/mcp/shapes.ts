/** What is needed of `@modelcontextprotocol/sdk`, without importing it. */

/** A `Client`. */
export interface McpClient {
  request(request: never, ...rest: never[]): Promise<unknown>;
}

/** A `Server`. */
export interface McpLowLevelServer {
  setRequestHandler(schema: never, handler: never): void;
}

/** A `McpServer`, or the `Server` behind one. */
export type McpServer = McpLowLevelServer | { readonly server: McpLowLevelServer };

/** A request as both sides see it. */
export interface McpRequest {
  readonly method: string;
  readonly params?: McpParams | undefined;
}

export interface McpParams {
  /** Of a tool or a prompt. */
  readonly name?: unknown;
  /** Of a resource. */
  readonly uri?: unknown;
  readonly arguments?: unknown;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
}

export function isRequest(value: unknown): value is McpRequest {
  return typeof value === 'object' && value !== null && 'method' in value && typeof value.method === 'string';
}

/** Requests that belong to the connection and not to the work of an agent. */
const HOUSEKEEPING = new Set(['initialize', 'server/discover', 'ping', 'logging/setLevel']);

export function isHousekeeping({ method }: McpRequest): boolean {
  return HOUSEKEEPING.has(method);
}
