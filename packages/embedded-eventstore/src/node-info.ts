import { randomUUID } from 'node:crypto';
import type { sendUnaryData, ServiceDefinition, ServerUnaryCall } from '@grpc/grpc-js';
import { features, gossip, services, shared, type Features, type Gossip } from './protocol.ts';

/** The server version whose behaviour we follow: clients decide by it what they may ask for. */
const SERVER_VERSION = '23.10.0.0';

/** Features that clients look for in the persistent subscription methods. */
const FEATURES: Record<string, string[]> = {
  create: ['stream', 'all'], update: ['stream', 'all'], delete: ['stream', 'all'], read: ['stream', 'all'],
  getInfo: ['stream', 'all'], replayParked: ['stream', 'all'], list: ['stream', 'all'],
};

const methodsOf = (definition: ServiceDefinition, withFeatures: boolean) => Object.entries(definition).map(([name, { path }]) => {
  const [, serviceName = '', methodName = ''] = path.split('/');
  return new features.SupportedMethod().setServiceName(serviceName).setMethodName(methodName.toLowerCase())
    .setFeaturesList(withFeatures ? FEATURES[name] ?? [] : name === 'read' ? ['position', 'events'] : []);
});

/** Tells clients which methods there are; `batchAppend` among them makes them use it. */
export const supportedMethods = (_call: unknown, callback: sendUnaryData<Features.SupportedMethods>) => {
  const methods = Object.values(services).flatMap((service) => methodsOf(service, service === services.persistent));
  callback(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion(SERVER_VERSION));
};

/** A cluster of one, its leader, so that `esdb+discover://` works too. It is found where the caller already found it. */
export const gossipHandler = (address: () => { host: string; port: number }) => {
  const instance = randomUUID();
  return (_call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<Gossip.ClusterInfo>) => {
    const { host, port } = address();
    const member = new gossip.MemberInfo().setInstanceId(new shared.UUID().setString(instance)).setIsAlive(true)
      .setTimeStamp(`${Date.now()}0000`).setState(gossip.MemberInfo.VNodeState.LEADER)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
    callback(null, new gossip.ClusterInfo().setMembersList([member]));
  };
};
