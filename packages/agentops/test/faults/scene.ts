import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneStats } from 'agentops';
import { expect } from 'vitest';
import type { Work } from '../programs/working.ts';
import { OtlpEndpoint } from '../support/otlp-endpoint.ts';
import { type Exit, runProgram } from '../support/program.ts';
import { sweepSpool } from '../support/sweep-spool.ts';

/** One endpoint, one spool, and programs that use them one after the other. */
export class Scene {
  readonly #directory = mkdtempSync(join(tmpdir(), 'agentops-fault-'));
  endpoint: OtlpEndpoint;
  readonly #endpoints: OtlpEndpoint[];
  readonly #port: number;

  private constructor(endpoint: OtlpEndpoint) {
    this.endpoint = endpoint;
    this.#endpoints = [endpoint];
    this.#port = endpoint.port;
  }

  static async open(): Promise<Scene> {
    return new Scene(await OtlpEndpoint.start());
  }

  /** The program as it ended, and its accounts, which are checked to add up. */
  async run(work: Work, env: Readonly<Record<string, string>> = {}) {
    const accounts = join(this.#directory, 'accounts.json');
    rmSync(accounts, { force: true });
    const exit = await runProgram(
      'working.ts',
      [JSON.stringify({ endpoint: `http://127.0.0.1:${this.#port}`, ...work }), accounts],
      { env: { AGENTOPS_SPOOL_DIR: this.#spool, ...env } },
    );
    const stats: Record<string, LaneStats> =
      exit.signal === null ? JSON.parse(readFileSync(accounts, 'utf8')) : {};
    expectBalanced(stats);
    return { exit, stats };
  }

  /** The same program, without telemetry. */
  async without(work: Work): Promise<Exit> {
    return (await this.run(work, { AGENTOPS_DISABLED: '1' })).exit;
  }

  /** Sends what the programs have left in the spool, as the next one would. */
  sweep(): Promise<void> {
    return sweepSpool(this.#spool, `http://127.0.0.1:${this.#port}`, ({ exporters }) =>
      expectBalanced(exporters),
    );
  }

  /** The endpoint dies. */
  async stop(): Promise<void> {
    await this.endpoint.stop();
  }

  /** It is back, at the same address. */
  async restart(): Promise<void> {
    this.endpoint = await OtlpEndpoint.start(this.#port);
    this.#endpoints.push(this.endpoint);
  }

  get #spool(): string {
    return join(this.#directory, 'spool');
  }

  /** Ids of the spans that were confirmed to the programs. */
  get confirmed(): string[] {
    return this.#endpoints.flatMap(({ confirmed }) => confirmed);
  }

  async close(): Promise<void> {
    await this.endpoint.stop();
    rmSync(this.#directory, { recursive: true });
  }
}

/** What was recorded and found is accounted for, and nothing is pending. */
function expectBalanced(stats: Readonly<Record<string, LaneStats>>): void {
  for (const { ended, recovered, pending, delivered, spooled, dropped } of Object.values(stats)) {
    const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    expect(ended + recovered).toBe(delivered + spooled + lost);
    expect(pending).toBe(0);
  }
}
