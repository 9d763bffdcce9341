/** Quotes prices over gRPC, and asks the inventory, an MCP server over stdio, for what is left: `node pricing.ts`. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { init, shutdown } from 'agentops';
import { serverInterceptor } from 'agentops/grpc';
import { instrumentMcpClient } from 'agentops/mcp';
import { PRICING, type Quote, type QuoteRequest } from './pricing-service.ts';

init({ serviceName: 'pricing', session: { mode: 'multi' } });

const inventory = instrumentMcpClient(new Client({ name: 'pricing', version: '1.0.0' }));
await inventory.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [...process.execArgv, fileURLToPath(new URL('inventory.ts', import.meta.url))],
    env: process.env as Record<string, string>,
  }),
);

async function quote({ item }: QuoteRequest): Promise<Quote> {
  const { structuredContent } = await inventory.callTool({ name: 'stock', arguments: { item } });
  return { price: 12.5, left: (structuredContent as { left: number }).left };
}

const server = new Server({ interceptors: [serverInterceptor()] });
server.addService(PRICING, {
  quote(call: ServerUnaryCall<QuoteRequest, Quote>, done: sendUnaryData<Quote>) {
    quote(call.request).then((answer) => done(null, answer), done);
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(`127.0.0.1:${port}`);
});

// A service that is told to end has the time to deliver.
process.once('SIGTERM', async () => {
  await inventory.close();
  await shutdown();
  process.exit();
});
