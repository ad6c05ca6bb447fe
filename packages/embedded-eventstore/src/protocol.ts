/**
 * The protocol's messages and services, taken at run time from the official client, which ships them compiled
 * (`@eventstore/db-client/generated`, Apache-2.0). Nothing of them is copied here.
 */
import { createRequire } from 'node:module';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type * as Gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type * as Persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Status from '@eventstore/db-client/generated/status_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';

export type { Gossip, Persistent, Features, Shared, Status, Streams };

const here = createRequire(import.meta.url);
const generated = (name: string) => here(`@eventstore/db-client/generated/${name}.js`) as unknown;
// The well-known types must be the client's own copies: two versions of google-protobuf do not mix.
const client = createRequire(here.resolve('@eventstore/db-client/generated/shared_pb.js'));

interface AnyMessage {
  pack(bytes: Uint8Array, typeName: string): void;
}

export const streams = generated('streams_pb') as typeof Streams;
export const shared = generated('shared_pb') as typeof Shared;
export const persistent = generated('persistent_pb') as typeof Persistent;
export const gossip = generated('gossip_pb') as typeof Gossip;
export const features = generated('serverfeatures_pb') as typeof Features;
export const status = generated('status_pb') as typeof Status;
export const { Any } = client('google-protobuf/google/protobuf/any_pb.js') as { Any: new () => AnyMessage };
export const { Empty: GoogleEmpty } = client('google-protobuf/google/protobuf/empty_pb.js') as { Empty: new () => never };
export const { StringValue } = client('google-protobuf/google/protobuf/wrappers_pb.js') as {
  StringValue: new () => { setValue(value: string): void; serializeBinary(): Uint8Array };
};

const service = (file: string, name: string) =>
  (generated(file) as Record<string, ServiceDefinition>)[name] as ServiceDefinition;

/** Read answers are encoded by us (see encode.ts), so these methods pass bytes through. */
const withRawResponses = (definition: ServiceDefinition, ...methods: string[]): ServiceDefinition =>
  Object.fromEntries(Object.entries(definition).map(([name, method]) =>
    [name, methods.includes(name) ? { ...method, responseSerialize: (bytes: Buffer) => bytes } : method]));

export const services = {
  streams: withRawResponses(service('streams_grpc_pb', 'StreamsService'), 'read'),
  persistent: withRawResponses(service('persistent_grpc_pb', 'PersistentSubscriptionsService'), 'read'),
  gossip: service('gossip_grpc_pb', 'GossipService'),
  features: service('serverfeatures_grpc_pb', 'ServerFeaturesService'),
};
