import type { Attributes } from '@opentelemetry/api';
import type { Config } from '../config/config.ts';
import * as attr from '../semconv/attributes.ts';
import { hostEnvironment } from '../session/host-environment.ts';
import { VERSION } from '../version.ts';

/** Attributes of the Resource that spans, metrics and log records have in common. */
export function resourceAttributes(config: Config): Attributes {
  const { serviceName, serviceVersion, environment, resource, session } = config;
  return {
    ...(session.hostEnvironment && hostEnvironment()),
    ...resource,
    [attr.ATTR_SERVICE_NAME]: serviceName,
    ...(serviceVersion !== undefined && { [attr.ATTR_SERVICE_VERSION]: serviceVersion }),
    ...(environment !== undefined && { [attr.ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: environment }),
    [attr.ATTR_AGENTOPS_VERSION]: VERSION,
  };
}
