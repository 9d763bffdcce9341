/** A client of the Model Context Protocol, and its server in a process of its own: `node main.ts [stdio | http]`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { agent, init, session, shutdown } from 'agentops';
import { instrumentMcpClient } from 'agentops/mcp';

init({ serviceName: 'mcp-client-example' });

const serverCommand = [...process.execArgv, fileURLToPath(new URL('server.ts', import.meta.url))];
const client = instrumentMcpClient(new Client({ name: 'keeper', version: '1.0.0' }));
const server = process.argv[2] === 'http' ? await connectByHttp() : await connectByStdio();

await session('round', () =>
  agent('keeper', async () => {
    const { tools } = await client.listTools();
    console.log(tools.map(({ name }) => name).join());
    for (const place of ['Skerryvore', 'Atlantis']) {
      const { content } = await client.callTool({ name: 'oil_left', arguments: { place } });
      console.log((content as { text: string }[])[0]?.text);
    }
    const { contents } = await client.readResource({ uri: 'log://today' });
    console.log(contents.map((content) => ('text' in content ? content.text : '')).join());
  }),
);
await client.close();
if (server !== undefined) {
  server.kill();
  await once(server, 'exit');
}
await shutdown();

async function connectByStdio(): Promise<undefined> {
  const env = process.env as Record<string, string>;
  await client.connect(new StdioClientTransport({ command: process.execPath, args: serverCommand, env }));
}

async function connectByHttp(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...serverCommand, 'http'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(createInterface(child.stdout), 'line');
  await client.connect(new StreamableHTTPClientTransport(new URL(address)) as Transport);
  return child;
}
