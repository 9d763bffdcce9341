import { type Attributes, context } from '@opentelemetry/api';
import { currentClient, startSession } from '../default-client.ts';
import type { AgentOpsEvent } from '../events/event.ts';
import * as attr from '../semconv/attributes.ts';
import type { NamedSpanKind } from '../semconv/span-kinds.ts';
import type { Agent, AgentOptions } from '../session/agent.ts';
import type { Session } from '../session/session.ts';
import type { StartSessionOptions } from '../session/session-options.ts';
import { aroundSession } from './around-session.ts';
import { createHelper, type Helper } from './helper-forms.ts';
import type { Outcome } from './outcome.ts';
import { settle } from './settle.ts';
import type { SpanHandle } from './span-handle.ts';

/** What a helper can be told of its work beside the name. */
export interface WorkOptions {
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  /** What goes in. Default: the arguments, in wrap and decorator form. */
  readonly input?: unknown;
}

/** What the `tool` helper can be told beside that. */
export interface ToolOptions extends WorkOptions {
  /** Id of the model's tool call that this is the answer to. */
  readonly callId?: string | undefined;
  readonly description?: string | undefined;
}

/** A session around a function: `Success` when it returns, `Fail` with the error's message when it throws. */
export const session: Helper<StartSessionOptions & { readonly name: string }, Session> = createHelper(
  (options, _args, work) => aroundSession(startSession(options), work),
);

/** An agent at work. Agents nest; the events below carry the agent's id and name. */
export const agent: Helper<AgentOptions, Agent> = createHelper((options, args, work) => {
  const started = begin('agent', (owner) => owner.agents.start(options));
  if (args !== undefined) started.handle.setInput(inputOf(args));
  return settle(() => work(started), started.contextIn(context.active()), guarded('agent', started.handle));
});

/** Several steps that belong together. */
export const workflow: Helper<WorkOptions, SpanHandle> = helperOf('workflow');
/** One step. */
export const task: Helper<WorkOptions, SpanHandle> = helperOf('task');
/** A tool that an agent uses: its arguments and its result are recorded. */
export const tool: Helper<ToolOptions, SpanHandle> = helperOf('tool', ({ callId, description }) => ({
  ...(callId !== undefined && { [attr.ATTR_GEN_AI_TOOL_CALL_ID]: callId }),
  ...(description !== undefined && { [attr.ATTR_GEN_AI_TOOL_DESCRIPTION]: description }),
}));
/** A check of what goes into or comes out of a model. */
export const guardrail: Helper<WorkOptions, SpanHandle> = helperOf('guardrail');
/** Anything else an agent does. */
export const action: Helper<WorkOptions, SpanHandle> = helperOf('action');

/** The session that the caller runs in; in single-session mode, else the one that is open. */
export function currentSession(): Session | undefined {
  return currentClient().sessions.current();
}

/** Records `event` in the current session; see {@link Session.record}. Where there is none, the call is refused and reported. */
export function record<E extends AgentOpsEvent>(event: E): E {
  currentClient().sessions.require('record')?.record(event);
  return event;
}

/** @param more Further attributes that the options of this helper mean. */
function helperOf<Options extends WorkOptions>(
  kind: NamedSpanKind,
  more?: (options: Options) => Attributes,
): Helper<Options, SpanHandle> {
  return createHelper((options, args, work) => {
    const { name, attributes, input } = options;
    const handle = begin(kind, (owner) => owner.startSpan(kind, name, { ...more?.(options), ...attributes }));
    if (input !== undefined) handle.setInput(input);
    else if (args !== undefined) handle.setInput(inputOf(args));
    return settle(() => work(handle), handle.context, guarded(kind, handle));
  });
}

/**
 * Starts work in the session the caller means. Where there is none, or the SDK itself fails, in one that records
 * nothing: the program's own function runs in any case.
 */
function begin<T>(caller: string, start: (owner: Session) => T): T {
  const client = currentClient();
  const started = client.guard(caller, () => {
    const owner = client.sessions.require(caller);
    return owner === undefined ? undefined : { work: start(owner) };
  });
  return started === undefined ? start(client.unrecordedSession()) : started.work;
}

function guarded(where: string, outcome: Outcome): Outcome {
  const client = currentClient();
  return {
    succeed: (output) => client.guard(where, () => outcome.succeed(output)),
    fail: (error) => client.guard(where, () => outcome.fail(error)),
  };
}

/** What a function was called with: its one argument, or all of them. */
function inputOf(args: readonly unknown[]): unknown {
  return args.length === 1 ? args[0] : args;
}
