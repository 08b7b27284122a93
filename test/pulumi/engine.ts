import * as grpc from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { GetRootResourceResponse, LogSeverity, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { type IResourceMonitorServer, ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { type RegisterResourceRequest, RegisterResourceResponse, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { answerOf, arnOf } from "./aws";
import type { Inputs } from "./wire";

/** A resource that the program registered. */
export interface Registration {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN; empty for the stack itself. */
    readonly parent: string;
    /** `urn::id` of an explicit provider; empty for the default one. */
    readonly provider: string;
    readonly inputs: Inputs;
    /** URNs, in order of their names. */
    readonly dependencies: readonly string[];
    readonly retainOnDelete: boolean;
}

/** A look-up of the provider. */
export interface Lookup {
    readonly token: string;
    readonly provider: string;
}

export interface Message {
    readonly severity: "debug" | "info" | "warning" | "error";
    readonly text: string;
}

export interface Engine {
    readonly address: string;
    readonly registrations: readonly Registration[];
    readonly lookups: readonly Lookup[];
    readonly messages: readonly Message[];
    /** The outputs of components and of the stack, by URN. */
    readonly outputs: Readonly<Record<string, Inputs>>;
    close(): void;
}

export interface EngineOptions {
    readonly project: string;
    readonly stack: string;
    /** A preview deploys nothing: ids and other values of AWS stay unknown. */
    readonly preview: boolean;
    /** Region of the default provider. */
    readonly region: string;
}

const SEVERITIES: Readonly<Record<LogSeverity, Message["severity"]>> = {
    [LogSeverity.DEBUG]: "debug",
    [LogSeverity.INFO]: "info",
    [LogSeverity.WARNING]: "warning",
    [LogSeverity.ERROR]: "error",
};

/** The requests of a program so far. */
interface Recording {
    readonly registrations: Registration[];
    readonly lookups: Lookup[];
    readonly messages: Message[];
    readonly outputs: Record<string, Inputs>;
}

/** Starts the part of Pulumi's engine that a program calls. It records the requests, and deploys nothing. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
    const recording: Recording = { registrations: [], lookups: [], messages: [], outputs: {} };
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
    server.addService(ResourceMonitorService, monitor(options, recording) as grpc.UntypedServiceImplementation);
    server.addService(EngineService, engine(recording) as grpc.UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        ),
    );
    return { address: `127.0.0.1:${port}`, ...recording, close: () => server.forceShutdown() };
}

function monitor(options: EngineOptions, { registrations, lookups, outputs }: Recording): Partial<IResourceMonitorServer> {
    const regionOf = (provider: string): string =>
        String(registrations.find(({ urn }) => provider.startsWith(`${urn}::`))?.inputs.region ?? options.region);
    return {
        supportsFeature: (_, answer) => answer(null, new SupportsFeatureResponse().setHassupport(true)),
        invoke({ request }, answer) {
            const token = request.getTok();
            const provider = request.getProvider();
            lookups.push({ token, provider });
            answer(null, new InvokeResponse().setReturn(Struct.fromJavaScript(answerOf(token, regionOf(provider)))));
        },
        registerResource({ request }, answer) {
            const registration = registrationOf(request, options);
            registrations.push(registration);
            const { urn, name, inputs, provider } = registration;
            const response = new RegisterResourceResponse().setUrn(urn);
            const isDeployed = request.getCustom() && !options.preview;
            const state = isDeployed ? stateOf(registration, regionOf(provider)) : {};
            answer(null, response.setId(isDeployed ? `${name}-id` : "").setObject(Struct.fromJavaScript({ ...inputs, ...state })));
        },
        registerResourceOutputs({ request }, answer) {
            outputs[request.getUrn()] = (request.getOutputs()?.toJavaScript() ?? {}) as Inputs;
            answer(null, new Empty());
        },
        signalAndWaitForShutdown: (_, answer) => answer(null, new Empty()),
    };
}

function engine({ messages }: Recording): Partial<IEngineServer> {
    let root = "";
    return {
        log({ request }, answer) {
            messages.push({ severity: SEVERITIES[request.getSeverity()], text: request.getMessage() });
            answer(null, new Empty());
        },
        getRootResource: (_, answer) => answer(null, new GetRootResourceResponse().setUrn(root)),
        setRootResource({ request }, answer) {
            root = request.getUrn();
            answer(null, new SetRootResourceResponse());
        },
    };
}

function registrationOf(request: RegisterResourceRequest, { project, stack }: EngineOptions): Registration {
    const type = request.getType();
    const name = request.getName();
    const parent = request.getParent();
    const parentType = parent.split("::")[2];
    const path = parentType === undefined || parentType === "pulumi:pulumi:Stack" ? type : `${parentType}$${type}`;
    return {
        urn: `urn:pulumi:${stack}::${project}::${path}::${name}`,
        type,
        name,
        parent,
        provider: request.getProvider(),
        inputs: (request.getObject()?.toJavaScript() ?? {}) as Inputs,
        dependencies: request.getDependenciesList().sort(),
        retainOnDelete: request.getRetainondelete() ?? false,
    };
}

/** Makes the attributes that AWS sets on a resource. */
function stateOf({ type, name, inputs }: Registration, region: string): Record<string, JavaScriptValue> {
    const inAws = inputs.name ?? name;
    return { name: inAws, arn: arnOf(type, typeof inAws === "string" ? inAws : name, region) };
}
