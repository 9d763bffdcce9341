import { AttributeCollector } from '../attribute-collector.ts';
import type { RawScopeSpans } from '../raw-span.ts';
import { readAttribute } from './any-value.ts';
import { MessageReader } from './message-reader.ts';
import { readSpan } from './span.ts';

/** Field numbers of `opentelemetry.proto.trace.v1` and of the messages around it. */
const RESOURCE_SPANS = 1;
const ResourceSpans = { RESOURCE: 1, SCOPE_SPANS: 2 } as const;
const RESOURCE_ATTRIBUTES = 1;
const ScopeSpans = { SCOPE: 1, SPANS: 2 } as const;
const Scope = { NAME: 1, VERSION: 2 } as const;

/** A scope of more spans is read in parts, between which the reader's caller may pause. */
const SPANS_AT_ONCE = 64;

/**
 * Decodes a protobuf `ExportTraceServiceRequest`, a scope of a resource, or part of one, at a time. Unknown fields are skipped.
 *
 * @throws OtlpDecodeError where the body is truncated or is something else
 */
export function* readProtobufRequest(body: Uint8Array): Generator<RawScopeSpans> {
  const reader = new MessageReader(body);
  try {
    while (reader.next(reader.end)) {
      if (reader.field === RESOURCE_SPANS) yield* readResourceSpans(reader);
      else reader.skip();
    }
  } catch (error) {
    throw reader.failure(error);
  }
}

function* readResourceSpans(reader: MessageReader): Generator<RawScopeSpans> {
  const end = reader.message();
  const start = reader.offset;
  // Protobuf promises no order of fields: the resource is looked for before the spans it describes are read.
  const resource = new AttributeCollector();
  while (reader.next(end)) {
    if (reader.field === ResourceSpans.RESOURCE) readResource(reader, resource);
    else reader.skip();
  }
  reader.rewind(start);
  while (reader.next(end)) {
    if (reader.field === ResourceSpans.SCOPE_SPANS) yield* readScopeSpans(reader, resource);
    else reader.skip();
  }
}

function readResource(reader: MessageReader, resource: AttributeCollector): void {
  const end = reader.message();
  while (reader.next(end)) {
    if (reader.field === RESOURCE_ATTRIBUTES) readAttribute(reader, resource);
    else reader.skip();
  }
}

function* readScopeSpans(reader: MessageReader, resource: AttributeCollector): Generator<RawScopeSpans> {
  const end = reader.message();
  const start = reader.offset;
  const group: RawScopeSpans = { resource, scopeName: '', scopeVersion: '', spans: [] };
  while (reader.next(end)) {
    if (reader.field === ScopeSpans.SCOPE) readScope(reader, group);
    else reader.skip();
  }
  reader.rewind(start);
  while (reader.next(end)) {
    if (reader.field !== ScopeSpans.SPANS) reader.skip();
    else if (group.spans.push(readSpan(reader)) === SPANS_AT_ONCE) {
      yield { ...group };
      group.spans = [];
    }
  }
  if (group.spans.length > 0) yield group;
}

function readScope(reader: MessageReader, group: RawScopeSpans): void {
  const end = reader.message();
  while (reader.next(end)) {
    if (reader.field === Scope.NAME) group.scopeName = reader.string();
    else if (reader.field === Scope.VERSION) group.scopeVersion = reader.string();
    else reader.skip();
  }
}
