#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`error: agentops needs Node 22.15 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
await import('../dist/main.js');
