import { type AwsCall, AwsError } from "./call";
import { slice } from "./jsonPages";
import { JSON_1_1 } from "./protocols";
import type { Place, Service } from "./service";

export const QUOTAS: Service = {
    protocol: JSON_1_1,
    actions: { ListServiceQuotas: { carryOut: listServiceQuotas } },
    denied: (refusal) => new AwsError("AccessDeniedException", refusal),
    unknown: () => new AwsError("UnknownOperationException", ""),
};

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html */
function listServiceQuotas(call: AwsCall, { state, pageSize }: Place): object {
    const { ServiceCode } = call.input;
    const ofService = [...state.quotas].filter(([name]) => name.startsWith(`${ServiceCode}/`));
    const { page, nextToken } = slice(ofService, call, { least: 1, most: 100 }, pageSize);
    return {
        Quotas: page.map(([name, Value]) => ({ ServiceCode, QuotaName: name.slice(`${ServiceCode}/`.length), Value })),
        ...(nextToken && { NextToken: nextToken }),
    };
}
