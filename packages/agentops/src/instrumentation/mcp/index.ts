import { currentClient } from '../../default-client.ts';
import { AgentOpsError } from '../../errors.ts';
import { McpClientInstrumentation } from './mcp-client.ts';
import { McpServerInstrumentation } from './mcp-server.ts';
import type { McpClient, McpLowLevelServer, McpServer } from './shapes.ts';

export type { McpClient, McpLowLevelServer, McpServer } from './shapes.ts';

const clients = new McpClientInstrumentation();
const servers = new McpServerInstrumentation();

/**
 * Makes every request of an MCP client (`Client` of `@modelcontextprotocol/sdk`) a span, tool calls as tools, and sends
 * trace context with it (`_meta.traceparent`), whatever the transport. Returns the very same object. May be called before
 * `init` and before `connect`.
 */
export function instrumentMcpClient<Client extends McpClient>(client: Client): Client {
  currentClient().guard('instrumentMcpClient', () => {
    if (typeof Object(client).request !== 'function') throw unknown('instrumentMcpClient', 'Client');
    clients.instrument(client);
  });
  return client;
}

/**
 * Makes every request that an MCP server (`McpServer` or `Server` of `@modelcontextprotocol/sdk`) answers a span, in the
 * trace and session of its caller where that sends trace context, else in a session of its own. Returns the very same
 * object. Handlers may be registered before or after.
 */
export function instrumentMcpServer<Server extends McpServer>(server: Server): Server {
  currentClient().guard('instrumentMcpServer', () => {
    const given = Object(server) as McpLowLevelServer & { readonly server?: McpLowLevelServer };
    const target = given.server ?? given;
    if (typeof target.setRequestHandler !== 'function')
      throw unknown('instrumentMcpServer', 'McpServer or Server');
    servers.instrument(target);
  });
  return server;
}

function unknown(caller: string, expected: string): AgentOpsError {
  return new AgentOpsError(
    'invalid_argument',
    `${caller}: expected a ${expected} of @modelcontextprotocol/sdk; it stays uninstrumented`,
  );
}
