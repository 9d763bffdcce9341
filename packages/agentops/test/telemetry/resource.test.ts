import { hostname } from 'node:os';
import { trace } from '@opentelemetry/api';
import { session, shutdown, startSession, tool } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { startRecording } from '../support/recording.ts';

afterEach(() => shutdown());

describe('who a span comes from (S5)', () => {
  it('stands on the Resource: service, version, deployment and attributes of your own', async () => {
    const recording = startRecording({
      serviceName: 'shop',
      serviceVersion: '1.2.3',
      environment: 'production',
      resource: { 'cloud.region': 'eu-1' },
    });
    startSession({ name: 'run' }).end();

    const { resource } = await recording.span('run');
    expect(resource.attributes).toMatchObject({
      'service.name': 'shop',
      'service.version': '1.2.3',
      'deployment.environment.name': 'production',
      'cloud.region': 'eu-1',
      'agentops.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it('names service and session on every span, and no session on the Resource', async () => {
    const recording = startRecording({ serviceName: 'shop' });
    session('run', () => {
      tool('search', () => {});
      trace.getTracer('database').startSpan('SELECT').end();
    });

    const spans = await recording.spans();
    expect(spans).toHaveLength(3);
    for (const span of spans) {
      expect(span.attributes['service.name']).toBe('shop');
      expect(span.attributes['session.id']).toBe(spans[2]?.attributes['session.id']);
      expect(span.resource.attributes).not.toHaveProperty(['session.id']);
    }
  });

  it('describes machine and process without the name of the host', async () => {
    const recording = startRecording();
    startSession({ name: 'run' }).end();

    const { attributes } = (await recording.span('run')).resource;
    expect(attributes).toMatchObject({
      'host.arch': process.arch,
      'os.type': process.platform,
      'process.pid': process.pid,
      'process.runtime.version': process.versions.node,
    });
    expect(Object.values(attributes)).not.toContain(hostname());
  });

  it('says nothing of machine and process where that is switched off', async () => {
    const recording = startRecording({ session: { hostEnvironment: false } });
    startSession({ name: 'run' }).end();

    const { attributes } = (await recording.span('run')).resource;
    expect(Object.keys(attributes).sort()).toEqual(['agentops.version', 'service.name']);
  });
});
