import { STATUS_CODES } from 'node:http';
import type { Answer, Dialect } from './dialect.ts';
import { jsonAnswer } from './dialect.ts';
import type { ErrorReport } from './errors.ts';
import type { Fault, StatusFault } from './fault.ts';
import type { ModelReply } from './reply.ts';

/** All there is to send, when, and how it ends: what a fault does is decided before the first byte leaves. */
export interface Delivery {
  /** Milliseconds before the first byte. */
  delayMs: number;
  /** Absent where not even the status line is sent. */
  head?: { status: number; headers: Record<string, string> };
  chunks: string[];
  /** Milliseconds between chunks. */
  chunkDelayMs: number;
  ending: 'end' | 'cut' | 'hang';
}

/** The request a delivery answers, as far as deliveries differ by it. */
export interface Addressee {
  dialect: Dialect;
  requestId: string;
}

/** How an answer is delivered, with the fault its reply asks for. */
export function deliverAnswer(answer: Answer, { fault, chunking }: ModelReply, to: Addressee): Delivery {
  const intact = plain(200, answer, to, chunking?.delayMs);
  return fault ? withFault(intact, fault, answer, to) : intact;
}

/** How an error is delivered: in its provider's envelope. */
export function deliverError(report: ErrorReport, to: Addressee): Delivery {
  return plain(report.status, jsonAnswer(to.dialect.errorBody(report, to.requestId)), to);
}

function plain(
  status: number,
  answer: Answer,
  { dialect, requestId }: Addressee,
  chunkDelayMs = 0,
): Delivery {
  const contentType = answer.stream ? 'text/event-stream; charset=utf-8' : 'application/json';
  return {
    delayMs: 0,
    head: { status, headers: { 'content-type': contentType, [dialect.requestIdHeader]: requestId } },
    chunks: answer.chunks,
    chunkDelayMs,
    ending: 'end',
  };
}

function withFault(intact: Delivery, fault: Fault, answer: Answer, to: Addressee): Delivery {
  switch (fault.kind) {
    case 'delay':
      return { ...intact, delayMs: fault.ms };
    case 'status':
      return deliverStatus(fault, to);
    case 'cut':
    case 'hang':
      return breakOff(intact, fault.kind, fault.afterChunks);
    case 'malformed': {
      const broken = Math.min(fault.chunk, answer.chunks.length - 1);
      const chunks = answer.chunks.map((chunk, index) => (index === broken ? malform(chunk) : chunk));
      return { ...intact, chunks };
    }
    case 'error-event': {
      const report = reportFor(fault.status ?? 500, fault.message);
      if (!answer.stream) return deliverError(report, to);
      const chunks = answer.chunks.slice(0, fault.afterChunks);
      return { ...intact, chunks: [...chunks, to.dialect.errorEvent(report, to.requestId)] };
    }
  }
}

function deliverStatus({ status, message, code, retryAfter }: StatusFault, to: Addressee): Delivery {
  const delivery = deliverError({ ...reportFor(status, message), code }, to);
  if (delivery.head && retryAfter !== undefined) delivery.head.headers['retry-after'] = String(retryAfter);
  return delivery;
}

function reportFor(status: number, message = STATUS_CODES[status] ?? 'Error'): ErrorReport {
  if (status >= 400 && status <= 599) return { status, message };
  throw new RangeError(`The script's fault has status ${status}: an error has one from 400 to 599.`);
}

function breakOff(intact: Delivery, ending: 'cut' | 'hang', afterChunks: number | undefined): Delivery {
  if (afterChunks !== undefined) return { ...intact, chunks: intact.chunks.slice(0, afterChunks), ending };
  return { delayMs: 0, chunks: [], chunkDelayMs: 0, ending };
}

/** No JSON document survives the loss of its last character, and `[DONE]` does not either. */
function malform(chunk: string): string {
  return chunk.replace(/.(\n*)$/, '$1');
}
