import process from 'node:process';

/** OpenTelemetry 3 needs 22.15; on anything older the program must run as if we were not there. */
export function isNodeSupported(version: string = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 15);
}

/** Says on standard error why nothing is recorded. */
export function reportOldNode(): void {
  process.stderr.write(
    `agentops error: Node 22.15 or newer is needed, this is ${process.versions.node}; nothing is recorded\n`,
  );
}
