import os from 'node:os';
import process from 'node:process';
import type { Attributes } from '@opentelemetry/api';
import * as attr from '../semconv/attributes.ts';

/** The machine and the process a session ran on, as Resource attributes. The host's name is left out: it is personal. */
export function hostEnvironment(): Attributes {
  return {
    [attr.ATTR_HOST_ARCH]: process.arch,
    [attr.ATTR_HOST_CPU_COUNT]: os.availableParallelism(),
    [attr.ATTR_HOST_MEMORY]: os.totalmem(),
    [attr.ATTR_OS_TYPE]: process.platform,
    [attr.ATTR_OS_VERSION]: os.release(),
    [attr.ATTR_PROCESS_PID]: process.pid,
    [attr.ATTR_PROCESS_RUNTIME_NAME]: 'nodejs',
    [attr.ATTR_PROCESS_RUNTIME_VERSION]: process.versions.node,
  };
}
