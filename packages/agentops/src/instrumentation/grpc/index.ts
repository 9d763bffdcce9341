export { type ClientInterceptorOptions, clientInterceptor } from './client-interceptor.ts';
export { type ServerInterceptorOptions, serverInterceptor } from './server-interceptor.ts';
