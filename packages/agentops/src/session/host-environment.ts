import os from 'node:os';
import process from 'node:process';
import type { Attributes } from '@opentelemetry/api';

/** The machine and the process a session ran on, as Resource attributes. The host's name is left out: it is personal. */
export function hostEnvironment(): Attributes {
  return {
    'host.arch': process.arch,
    'host.cpu.count': os.availableParallelism(),
    'host.memory.bytes': os.totalmem(),
    'os.type': process.platform,
    'os.version': os.release(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  };
}
