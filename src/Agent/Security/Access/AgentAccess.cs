using System.Collections.Frozen;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace WsusDashboard.Agent.Security.Access;

/// <summary>What each endpoint of the agent asks of its caller: the one list. What is not in it is refused to everybody; a test walks all endpoints.</summary>
internal static class AgentAccess
{
    private const string Agent = "/wsus.agent.v1.Agent/";
    private const string Trust = "/wsus.agent.v1.Trust/";
    private const string LocalTrust = "/wsus.agent.v1.LocalTrust/";

    private static readonly FrozenDictionary<string, AccessLevel> Declared = new Dictionary<string, AccessLevel>(StringComparer.Ordinal)
    {
        [Agent + "GetInfo"] = AccessLevel.Read,
        [Agent + "GetSnapshot"] = AccessLevel.Read,
        [Agent + "Watch"] = AccessLevel.Read,
        [Agent + "ListSyncRuns"] = AccessLevel.Read,
        [Agent + "ReadLog"] = AccessLevel.Read,
        [Agent + "PlanRepair"] = AccessLevel.Read,
        [Agent + "GetRepair"] = AccessLevel.Read,
        [Agent + "StartRepair"] = AccessLevel.Act,
        [Agent + "CancelRepair"] = AccessLevel.Act,
        [Agent + "UndoRepair"] = AccessLevel.Act,
        [Agent + "KeepSettings"] = AccessLevel.Act,
        [Agent + "ControlService"] = AccessLevel.Act,
        [Agent + "ControlPool"] = AccessLevel.Act,
        [Agent + "StartSync"] = AccessLevel.Act,
        [Agent + "StopSync"] = AccessLevel.Act,
        [Trust + "Pair"] = AccessLevel.Pair,
        [Trust + "AnnounceHubKey"] = AccessLevel.Hub,
        [Trust + "GetSuccessor"] = AccessLevel.Hub,
        [Trust + "ConfirmSuccessor"] = AccessLevel.Hub,
        [Trust + "AnnounceAddresses"] = AccessLevel.Hub,
        [Trust + "Unpair"] = AccessLevel.Hub,
        [LocalTrust + "OpenPairing"] = AccessLevel.Local,
        [LocalTrust + "GetTrust"] = AccessLevel.Local,
        [LocalTrust + "UnpairHub"] = AccessLevel.Local,
        [LocalTrust + "RotateKey"] = AccessLevel.Local,
        [LocalTrust + "ListApprovals"] = AccessLevel.Local,
        [LocalTrust + "DecideApproval"] = AccessLevel.Local,
        [LocalTrust + "Examine"] = AccessLevel.Local,
        ["/health/live"] = AccessLevel.Read,
        ["/metrics"] = AccessLevel.Metrics,

        // What gRPC answers for methods that do not exist.
        ["{unimplementedService}/{unimplementedMethod:grpcunimplemented}"] = AccessLevel.Read,
        [Agent[1..] + "{unimplementedMethod:grpcunimplemented}"] = AccessLevel.Read,
        [Trust[1..] + "{unimplementedMethod:grpcunimplemented}"] = AccessLevel.Read,
        [LocalTrust[1..] + "{unimplementedMethod:grpcunimplemented}"] = AccessLevel.Read,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The level of an endpoint; null where none was declared.</summary>
    public static AccessLevel? Of(Endpoint endpoint) => Declared.TryGetValue(NameOf(endpoint), out var level) ? level : null;

    /// <summary>The name of an endpoint in the list: a method of the contract, whichever way it is called, or a route.</summary>
    public static string NameOf(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is { } transcoded)
        {
            return $"/{transcoded.MethodDescriptor.Service.FullName}/{transcoded.MethodDescriptor.Name}";
        }

        return endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName
            ?? (endpoint as RouteEndpoint)?.RoutePattern.RawText
            ?? endpoint.DisplayName
            ?? "";
    }
}
