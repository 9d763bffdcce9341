/** A server of the Model Context Protocol: over stdio, or over HTTP with `node server.ts http`, which prints its address. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { action, init, shutdown } from 'agentops';
import { instrumentMcpServer } from 'agentops/mcp';
import { z } from 'zod';

init({
  serviceName: 'mcp-server-example',
  session: { mode: 'multi' },
  // Nothing here tells the SDK who sent an HTTP request. It listens on loopback, where every caller is to be trusted.
  context: { trustIncoming: 'all' },
});

const server = instrumentMcpServer(new McpServer({ name: 'lighthouses', version: '1.0.0' }));
server.registerTool(
  'oil_left',
  { description: 'How much oil a lighthouse has left.', inputSchema: { place: z.string() } },
  async ({ place }) => {
    if (place === 'Atlantis') throw new Error('no such place');
    const litres = await action('measure', async () => 40);
    return { content: [{ type: 'text', text: `${litres} litres at ${place}` }] };
  },
);
server.registerResource('log', 'log://today', {}, async (uri) => ({
  contents: [{ uri: uri.href, text: 'Lamp lit at dusk.' }],
}));

// A server that is told to end has the time to deliver.
process.once('SIGTERM', async () => {
  await shutdown();
  process.exit();
});

if (process.argv[2] === 'http') {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await server.connect(transport as Transport);
  const http = createServer((request, response) => void transport.handleRequest(request, response));
  http.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
  });
} else {
  await server.connect(new StdioServerTransport());
}
