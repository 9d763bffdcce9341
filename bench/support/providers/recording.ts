import type OpenAI from 'openai';
import type { ClientOptions } from 'openai';

/** What a contestant is given to set itself up with. */
export interface Setting {
  /** Loads the client's library of the contestant's version, as a program's `require` does. */
  loadOpenAI(): typeof OpenAI;
  /** For the client: where the model is. */
  readonly clientOptions: ClientOptions;
  /** `http://host:port` of the sink: where OTLP and whatever else the contestant wants to send goes. */
  readonly sinkUrl: string;
}

/** A client whose calls are recorded, as the documentation of who records says to set it up. */
export interface Recording {
  readonly client: OpenAI;
  /** Runs a program in what the spans of its calls hang from: a session, a workflow, a span. */
  run(program: () => Promise<void>): Promise<void>;
  /** Resolves when the sink has what was recorded. */
  flush(): Promise<void>;
}

export type SetUp = (setting: Setting) => Recording;
