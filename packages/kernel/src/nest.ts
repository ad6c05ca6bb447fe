import 'reflect-metadata';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { CommandDefinition } from './command.ts';
import { encodeReply, type CommandMessage, type CommandReply } from './wire.ts';
import { natsServer } from './nats-server.ts';

/** Runs one command of a message; never throws: an error is a reply too. */
export type RunMessage = (command: CommandDefinition, message: CommandMessage) => Promise<CommandReply>;

/**
 * The NestJS controller of a service's commands: one handler a subject. The decorators are applied as plain calls, so that the
 * sources run without a compiler.
 */
export const commandController = (commands: CommandDefinition[], run: RunMessage): new () => object => {
  class CommandController {}
  commands.forEach((command, i) => {
    const name = `command${i}`;
    const descriptor = { value: (message: CommandMessage) => run(command, message), writable: true, enumerable: true, configurable: true };
    Object.defineProperty(CommandController.prototype, name, descriptor);
    MessagePattern(command.subject)(CommandController.prototype, name, descriptor);
    Payload()(CommandController.prototype, name, 0);
  });
  Controller()(CommandController);
  return CommandController;
};

/**
 * Starts a service's commands on NATS, replicas sharing the work as one queue group. Plain JSON requests are taken as they are:
 * NestJS would take a message without its own envelope for an event and never reply.
 */
export const startMicroservice = async (service: string, natsUrl: string, controller: new () => object): Promise<INestMicroservice> => {
  class ServiceModule {}
  Module({ controllers: [controller] })(ServiceModule);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(ServiceModule, {
    logger: false,
    transport: Transport.NATS,
    options: {
      ...natsServer(natsUrl), queue: service, maxReconnectAttempts: -1, reconnectTimeWait: 250, name: `shotlog-${service}`,
      deserializer: { deserialize: (message: any, options?: any) => ({ pattern: options?.channel, id: 'request', data: parse(message.data) }) },
      serializer: { serialize: (packet: any) => ({ data: encodeReply(packet.response) }) },
    } as any,
  });
  await app.listen();
  return app;
};

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return null;
  }
};
