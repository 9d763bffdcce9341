import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneStats } from 'agentops';
import { expect } from 'vitest';
import type { Work } from '../programs/working.ts';
import { OtlpEndpoint } from '../support/otlp-endpoint.ts';
import { type Exit, runProgram } from '../support/program.ts';

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
      { env: { AGENTOPS_SPOOL_DIR: join(this.#directory, 'spool'), ...env } },
    );
    const stats: Record<string, LaneStats> =
      exit.signal === null ? JSON.parse(readFileSync(accounts, 'utf8')) : {};
    for (const { ended, recovered, pending, delivered, spooled, dropped } of Object.values(stats)) {
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      expect(ended + recovered).toBe(delivered + spooled + lost);
      expect(pending).toBe(0);
    }
    return { exit, stats };
  }

  /** The same program, without telemetry. */
  async without(work: Work): Promise<Exit> {
    return (await this.run(work, { AGENTOPS_DISABLED: '1' })).exit;
  }

  /** Programs that record nothing of their own, one after the other, until the spool is empty. */
  async sweep(): Promise<void> {
    const folder = join(this.#directory, 'spool', 'agentops');
    const isEmpty = (): boolean => {
      try {
        return readdirSync(folder).length === 0;
      } catch {
        return true;
      }
    };
    for (let times = 0; times < 10 && !isEmpty(); times += 1) {
      await this.run({ rounds: 0, options: { sampling: { rate: 0 } } });
    }
    expect(isEmpty()).toBe(true);
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

  /** Ids of the spans that were confirmed to the programs. */
  get confirmed(): string[] {
    return this.#endpoints.flatMap(({ confirmed }) => confirmed);
  }

  async close(): Promise<void> {
    await this.endpoint.stop();
    rmSync(this.#directory, { recursive: true });
  }
}
