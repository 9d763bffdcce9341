import { type Session, session, workflow } from 'agentops';
import type { Library } from './library.ts';
import { planner } from './planner.ts';
import type { Providers } from './providers.ts';
import { researcher } from './researcher.ts';
import { researchTools } from './tools.ts';
import { writer } from './writer.ts';

/** What the crew works with. */
export interface CrewOptions {
  readonly providers: Providers;
  readonly library: Library;
  /** Gets the answer's words as they are written. */
  readonly onText: (text: string) => void;
}

/** An answered question. */
export interface Inquiry {
  readonly session: Session;
  readonly answer: string;
}

/** A session in which three agents answer one question from the documents of a library. */
export function inquire(question: string, { providers, library, onText }: CrewOptions): Promise<Inquiry> {
  const { openai, anthropic, models } = providers;
  const plan = planner(openai, models.openai);
  const research = researcher(openai, models.openai, researchTools(library));
  const write = writer(anthropic, models.anthropic, onText);

  return session({ name: 'Lighthouse inquiry', tags: ['demo'] }, async (running) => {
    const answer = await workflow({ name: 'inquiry', input: question }, async () => {
      const findings = await research(question, await plan(question));
      return write(question, findings);
    });
    return { session: running, answer };
  });
}
