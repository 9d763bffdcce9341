/** Headers that requests to the backend's API carry beside the trace context: who asks, and from within which session. */
export const HEADER_SESSION_ID = 'agentops-session-id';
export const HEADER_SDK_NAME = 'agentops-sdk-name';
export const HEADER_SDK_VERSION = 'agentops-sdk-version';
