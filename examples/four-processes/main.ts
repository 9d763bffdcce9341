/** One order through four services, each a process of its own: web → worker → pricing → inventory. `node main.ts [item]`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const running: ChildProcess[] = [];

/** Starts a service; the first line that it prints is its address. */
async function start(service: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(service, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.unshift(child);
  const [address] = await once(createInterface(child.stdout), 'line');
  return address;
}

try {
  const pricing = await start('pricing.ts');
  const worker = await start('worker.ts', pricing);
  const web = await start('web.ts', worker);
  const answer = await fetch(`${web}/order?item=${process.argv[2] ?? 'lamp'}`);
  console.log(await answer.text());
} finally {
  for (const child of running) {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  }
}
