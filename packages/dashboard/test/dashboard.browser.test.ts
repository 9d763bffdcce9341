import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@agentops/server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { buildPage } from './support/built-page.ts';
import { openPage, selectedRow, send, type WatchedPage, waterfallRows } from './support/page.ts';
import { longSession, researchSession } from './support/research-session.ts';

const HOUR = 3_600_000;

let browser: Browser;
let server: RunningServer;
let watched: WatchedPage;

const report = researchSession(Date.now() - HOUR);
let reportPath: string;

async function open(path: string, colorScheme?: 'light' | 'dark'): Promise<Page> {
  watched = await openPage(browser, server.url + path, colorScheme);
  return watched.page;
}

beforeAll(async () => {
  await buildPage();
  [browser, server] = await Promise.all([launchBrowser(), startServer({ port: 0 })]);
  reportPath = await send(server.url, report);
  await server.store.settle();
});

afterEach(async () => {
  await watched.page.close();
  expect(watched.problems).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the list of sessions', () => {
  it('shows each session with its state and totals, and opens it on a click', async () => {
    const page = await open('/');
    const row = page.getByRole('row', { name: 'quarterly report' });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      'quarterly reportnightlyresearch',
      'Fail',
      '1 h ago',
      '21.4 s',
      '3',
      '3',
      '2',
      '1',
      '19.1k',
      '$0.086',
      'claude-sonnet-4-5 +1',
      'reporter',
    ]);
    await row.click();
    await page.getByRole('heading', { name: 'quarterly report' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(reportPath);
  });

  it('takes its filters from the address, and keeps them there', async () => {
    const page = await open('/?state=Success');
    await page.getByRole('heading', { name: 'No session matches' }).waitFor();
    await page.getByRole('radio', { name: 'Fail' }).check();
    await page.getByRole('link', { name: 'quarterly report' }).waitFor();
    await page.getByRole('button', { name: 'nightly' }).click();
    await page.getByRole('button', { name: 'tag: nightly' }).waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ state: 'Fail', tag: 'nightly' });
  });

  it('lets new sessions wait while the reader is among the rows', async () => {
    const page = await open('/?tag=live');
    const first = researchSession(Date.now() - 60_000);
    first.spans[0]!.attributes['agentops.session.tags'] = ['live'];
    const second = researchSession(Date.now() - 30_000);
    second.spans[0]!.attributes['agentops.session.tags'] = ['live'];

    await send(server.url, first);
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    await rows.first().hover();
    await send(server.url, second);
    const waiting = page.getByRole('button', { name: '1 new session above' });
    await waiting.waitFor();
    expect(await rows.count()).toBe(1);
    await waiting.click();
    await rows.nth(1).waitFor();
  });

  it('says how to send the first session while there is none', async () => {
    const empty = await startServer({ port: 0 });
    watched = await openPage(browser, empty.url);
    const help = watched.page.getByRole('region', { name: 'Getting started' });
    expect(await help.textContent()).toContain(`init({ endpoint: '${empty.url}' })`);
    expect(await help.textContent()).toContain('agentops demo');
    await empty.close();
  });
});

describe('the page of a session', () => {
  it('shows the spans as a tree', async () => {
    const page = await open(reportPath);
    await page.getByRole('treeitem').first().waitFor();
    expect(await waterfallRows(page)).toEqual([
      '1 quarterly report',
      '2 planner',
      '3 chat gpt-4o',
      '2 researcher',
      '3 search_web',
      '3 chat claude-sonnet-4-5',
      '3 fetch_page',
      '2 writer',
      '3 chat gpt-4o',
    ]);
  });

  it('says what failed, and of what, before anything is selected', async () => {
    const page = await open(reportPath);
    const failed = page
      .getByRole('complementary')
      .getByRole('button', { name: /fetch_page.*RateLimitError: 429/ });
    await failed.click();
    expect(await selectedRow(page)).toBe('fetch_page');
  });

  it('shows the conversation of an LLM call', async () => {
    const page = await open(reportPath);
    await page.getByRole('treeitem', { name: /claude-sonnet/ }).click();
    const input = page.getByRole('region', { name: 'Input messages' });
    await input.getByText('Find the price of LFP cells.').waitFor();
    await input.getByText('Result of search_web').waitFor();
    const output = page.getByRole('region', { name: 'Output messages' });
    expect(await output.textContent()).toContain('"url": "https://example.com/cells"');
    await page.getByText('The stream ended early').waitFor();
    expect(new URL(page.url()).searchParams.get('span')).toBe(report.ids.answer);
  });

  it('folds reasoning and long texts until asked', async () => {
    const page = await open(`${reportPath}?span=${report.ids.plan}`);
    const reasoning = page.getByText('Prices first, then supply, then policy.');
    await page.getByText('Reasoning', { exact: true }).click();
    await reasoning.waitFor();

    await page.getByRole('treeitem').last().click();
    await page.getByRole('button', { name: 'Show all (3.5 KB)' }).click();
    await page.getByRole('button', { name: 'Show less' }).waitFor();
  });

  it('shows what a tool was given and gave back', async () => {
    const page = await open(`${reportPath}?span=${report.ids.search}`);
    await page.getByRole('region', { name: 'Input' }).getByText('"LFP cell price Q3"').waitFor();
    await page.getByRole('region', { name: 'Output' }).getByText('"Cell prices fall again"').waitFor();
  });

  it('shows the error of a failed span with its stack', async () => {
    const page = await open(`${reportPath}?span=${report.ids.fetch}`);
    const error = page.getByRole('region', { name: 'Error' });
    await error.getByRole('heading', { name: 'RateLimitError' }).waitFor();
    expect(await error.textContent()).toContain(
      'at async searchWeb (file:///srv/app/tools/search-web.ts:21:18)',
    );
  });

  it('shows every attribute, to search', async () => {
    const page = await open(`${reportPath}?span=${report.ids.plan}`);
    await page.getByRole('tab', { name: 'Attributes' }).click();
    await page.getByRole('searchbox', { name: 'Search attributes' }).fill('temperature');
    await page.getByRole('rowheader', { name: 'gen_ai.request.max_tokens' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('tabpanel').getByRole('row').allTextContents()).toEqual([
      'gen_ai.request.temperature0.2',
    ]);
  });

  it('is walked through with the keyboard', async () => {
    const page = await open(reportPath);
    await page.getByRole('treeitem').first().waitFor();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const row = (name: string) => page.getByRole('treeitem', { name, selected: true }).waitFor();

    await press('ArrowDown', 'ArrowDown');
    await row('agent invoke_agent planner');
    await press('ArrowLeft');
    await page.getByRole('treeitem', { name: 'planner', expanded: false }).waitFor();
    await press('ArrowRight', 'ArrowRight');
    await row('LLM chat gpt-4o');
    await press('e');
    await row('tool execute_tool fetch_page');
    await press('Escape');
    await page.getByRole('complementary', { name: 'Overview of the session' }).waitFor();
    await press('/');
    await page.keyboard.type('claude');
    await page.getByText('1 of 9 spans').waitFor();
    expect(await waterfallRows(page)).toEqual([
      '1 quarterly report',
      '2 researcher',
      '3 chat claude-sonnet-4-5',
    ]);
  });

  it('follows a session that runs, to its end', async () => {
    const startedAt = Date.now() - 20_000;
    const running = researchSession(startedAt, true);
    const path = await send(server.url, running);
    const page = await open(path);
    await page.getByText('Running', { exact: true }).waitFor();
    expect(
      await page
        .getByRole('treeitem', { name: /writer, unfinished/ })
        .locator('.bar[data-open]')
        .count(),
    ).toBe(1);

    const ended = researchSession(startedAt);
    const idOf = Object.fromEntries(
      Object.entries(ended.ids).map(([name, id]) => [id, running.ids[name as keyof typeof running.ids]]),
    );
    const spans = ended.spans.map((span) => ({
      ...span,
      id: idOf[span.id]!,
      parent: idOf[span.parent ?? ''] ?? null,
    }));
    await send(server.url, { ...running, spans });
    await page.getByText('Fail', { exact: true }).waitFor();
    await page.getByRole('treeitem', { name: /writer, 6.40 s/ }).waitFor();
  });

  it('shows that a session is lost, and that it goes on after all', async () => {
    const running = researchSession(Date.now() - 20_000, true);
    const unfinished = running.spans.filter(({ end }) => end === null);
    for (const { attributes } of unfinished) attributes['agentops.live.interval'] = 1;
    const page = await open(await send(server.url, running));
    await page.getByText('lost: its process gives no sign of life').waitFor();
    await page.getByText('Indeterminate', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Lost with their process' }).waitFor();
    await page.getByRole('treeitem', { name: /writer, lost/ }).waitFor();

    for (const { attributes } of unfinished) attributes['agentops.live.interval'] = 60_000;
    await send(server.url, running);
    await page.getByText('Running', { exact: true }).waitFor();
    await page.getByRole('treeitem', { name: /writer, unfinished/ }).waitFor();
  });

  it('shows what was lost with another process of a session that has ended', async () => {
    const session = researchSession(Date.now() - 20_000);
    const writer = session.spans.find(({ name }) => name.endsWith('writer'))!;
    writer.end = null;
    writer.attributes['agentops.live.interval'] = 1;
    const page = await open(await send(server.url, session));
    await page.getByText('Fail', { exact: true }).waitFor();
    await page.getByRole('treeitem', { name: /writer, lost/ }).waitFor();
  });

  it('keeps few rows in the page for 20,000 spans, wherever it is scrolled', async () => {
    const long = longSession(Date.now() - 2 * HOUR, 20_000);
    for (let i = 0; i < long.spans.length; i += 4_000) {
      await send(server.url, { ...long, spans: long.spans.slice(i, i + 4_000) });
    }
    const last = long.spans.at(-1)!;
    const page = await open(`${await send(server.url, { ...long, spans: [last] })}?span=${last.id}`);
    expect(await selectedRow(page)).toBe('step_19999');
    expect(await page.getByRole('treeitem').count()).toBeLessThan(80);

    await page.keyboard.press('Home');
    await page.getByRole('treeitem', { name: 'session long haul' }).waitFor();
    expect(await page.getByRole('treeitem').count()).toBeLessThan(80);
    await page.getByText('20,000 spans').waitFor();
  });

  it('says so when there is no such session', async () => {
    const page = await open('/sessions/00000000-0000-7000-8000-000000000000');
    await page.getByRole('heading', { name: 'This session is not here' }).waitFor();
  });
});

describe('the page around it', () => {
  it('follows the system’s theme until the reader chooses, and keeps the choice', async () => {
    const page = await open('/', 'dark');
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByRole('button', { name: 'Switch to the dark theme' }).waitFor();
    expect(await background()).toBe(light);
  });

  it('asks for an API key where the backend wants one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'agentops-dashboard-'));
    const local = await startServer({ port: 0, dataDir });
    const { secret } = await local.store.keys.create('default', 'browser test');
    await local.close();
    const guarded = await startServer({ host: '0.0.0.0', port: 0, dataDir });
    await send(guarded.url, report, secret);
    await guarded.store.settle();

    watched = await openPage(browser, guarded.url);
    const { page } = watched;
    await page.getByLabel('API key').fill('not a key');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('That key is not valid, or was revoked.').waitFor();
    await page.getByLabel('API key').fill(secret);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'quarterly report' }).click();
    await page.getByRole('treeitem', { name: /fetch_page/ }).waitFor();

    await guarded.close();
    await rm(dataDir, { recursive: true });
  });

  it('keeps what it shows while the backend is away, and says so', async () => {
    const passing = await startServer({ port: 0 });
    await send(passing.url, report);
    await passing.store.settle();
    watched = await openPage(browser, passing.url);
    const { page } = watched;
    await page.getByRole('link', { name: 'quarterly report' }).waitFor();
    await passing.close();
    await page.getByRole('alert').getByText('does not answer').waitFor();
    await page.getByRole('link', { name: 'quarterly report' }).waitFor();

    const back = await startServer({ port: passing.port });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await back.close();
  });
});
