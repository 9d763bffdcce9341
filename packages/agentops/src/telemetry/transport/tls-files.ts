import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { TlsOptions } from '../../config/exporter-options.ts';
import { AgentOpsError } from '../../errors.ts';
import { messageOf } from '../failure.ts';
import type { TlsFiles } from './destination.ts';

/**
 * Reads the files that the options name, so that a wrong path is told at the start and not at the first export.
 *
 * @throws {AgentOpsError} `invalid_config` where a file cannot be read, is no PEM, or certificate and key do not belong
 * together.
 */
export function loadTls({ ca, cert, key, serverName }: TlsOptions): TlsFiles {
  if ((cert === undefined) !== (key === undefined)) {
    throw new AgentOpsError('invalid_config', 'tls: cert and key belong together; set both or neither');
  }
  const files: TlsFiles = {
    ...(ca !== undefined && { ca: readPem('ca', ca) }),
    ...(cert !== undefined && { cert: readPem('cert', cert) }),
    ...(key !== undefined && { key: readPem('key', key) }),
    ...(serverName !== undefined && { serverName }),
  };
  try {
    process
      .getBuiltinModule('node:tls')
      .createSecureContext({ ca: files.ca, cert: files.cert, key: files.key });
  } catch (cause) {
    const message = `tls: ca, cert and key cannot be used: ${messageOf(cause)}`;
    throw new AgentOpsError('invalid_config', message, { cause });
  }
  return files;
}

function readPem(option: string, pathOrText: string): string {
  const isText = pathOrText.includes('-----BEGIN ');
  const text = isText ? pathOrText : readFile(option, pathOrText);
  if (text.includes('-----BEGIN ')) return text;
  throw new AgentOpsError('invalid_config', `tls.${option} = "${pathOrText}": the file is no PEM`);
}

function readFile(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    // A key that lost its first line must not end up in a log.
    const shown = path.includes('\n') ? '(hidden)' : `"${path}"`;
    const reason = path.includes('\n') ? 'neither a path nor PEM' : messageOf(cause);
    throw new AgentOpsError('invalid_config', `tls.${option} = ${shown}: ${reason}`, { cause });
  }
}
