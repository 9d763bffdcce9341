import { BaseEvent, type EventOptions } from './event.ts';

export interface ToolEventOptions extends EventOptions {
  /** The tool's name. */
  readonly name: string;
  readonly logs?: unknown;
}

/** A tool that an agent used. `params` are its arguments, `returns` its result. */
export class ToolEvent extends BaseEvent {
  readonly type = 'tools';
  readonly name: string;
  logs: unknown;

  constructor(options: ToolEventOptions) {
    super(options);
    this.name = options.name;
    this.logs = options.logs;
  }
}
