/** Knows what is left, as a server of the Model Context Protocol over stdio. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { action, init } from 'agentops';
import { instrumentMcpServer } from 'agentops/mcp';
import { z } from 'zod';

init({ serviceName: 'inventory', session: { mode: 'multi' } });

const server = instrumentMcpServer(new McpServer({ name: 'inventory', version: '1.0.0' }));
server.registerTool(
  'stock',
  {
    description: 'How many of an item are left.',
    inputSchema: { item: z.string() },
    outputSchema: { left: z.number() },
  },
  async ({ item }) => {
    const left = await action('count', async () => item.length);
    return { content: [{ type: 'text', text: `${left} left` }], structuredContent: { left } };
  },
);
await server.connect(new StdioServerTransport());
