/** Next.js calls this once, when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { init } = await import('agentops');
  init({
    serviceName: 'next-example',
    session: { mode: 'multi' },
    // A `Request` does not say who asks; this service is reached by services of ours alone.
    context: { trustIncoming: 'all' },
  });
}
