import { BaseEvent, type EventOptions } from './event.ts';

export interface ActionEventOptions extends EventOptions {
  /** What was done, such as `file:write`. Default `action`. */
  readonly actionType?: string | undefined;
  readonly logs?: string | undefined;
  /** URL or data URL of a screenshot. */
  readonly screenshot?: string | undefined;
}

/** Something an agent did that is neither a tool nor a model call. */
export class ActionEvent extends BaseEvent {
  readonly type = 'actions';
  readonly actionType: string;
  logs: string | undefined;
  screenshot: string | undefined;

  constructor(options: ActionEventOptions = {}) {
    super(options);
    this.actionType = options.actionType ?? 'action';
    this.logs = options.logs;
    this.screenshot = options.screenshot;
  }
}
