/** The parts of Google's Gemini API that are mapped, as `@google/genai` has them; any of it may be missing. */
export interface GenerateRequest {
  readonly model?: string;
  /** A text, a part, a content, or a list of any of them. */
  readonly contents?: unknown;
  readonly config?: GenerateConfig;
}

export interface GenerateConfig {
  readonly systemInstruction?: unknown;
  readonly tools?: readonly {
    readonly functionDeclarations?: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stopSequences?: readonly string[];
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly candidateCount?: number;
  readonly responseMimeType?: string;
}

export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}

export interface Part {
  readonly text?: string;
  /** The text is a thought, not a part of the answer. */
  readonly thought?: boolean;
  readonly functionCall?: { readonly id?: string; readonly name?: string; readonly args?: unknown };
  readonly functionResponse?: { readonly id?: string; readonly name?: string; readonly response?: unknown };
  readonly inlineData?: { readonly data?: string; readonly mimeType?: string };
  readonly fileData?: { readonly fileUri?: string; readonly mimeType?: string };
}

/** A whole answer, or one chunk of a streamed one. */
export interface GenerateResponse {
  readonly responseId?: string;
  readonly modelVersion?: string;
  readonly candidates?: readonly Candidate[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: UsageMetadata;
}

export interface Candidate {
  readonly index?: number;
  readonly content?: Content;
  readonly finishReason?: string;
}

export interface UsageMetadata {
  readonly promptTokenCount?: number;
  readonly toolUsePromptTokenCount?: number;
  readonly cachedContentTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly promptTokensDetails?: readonly ModalityCount[];
  readonly candidatesTokensDetails?: readonly ModalityCount[];
}

export interface ModalityCount {
  readonly modality?: string;
  readonly tokenCount?: number;
}

export interface EmbedRequest {
  readonly model?: string;
  readonly config?: { readonly outputDimensionality?: number };
}

export interface EmbedResponse {
  readonly embeddings?: readonly { readonly values?: readonly number[] }[];
}
