using Grpc.Core;

namespace WsusDashboard.Dashboard.Agents.Border;

/// <summary>An agent said something that the contract has no room for; whoever asked gets it like any other failed call.</summary>
internal sealed class ContractBreachException(string reason) : RpcException(new Status(StatusCode.DataLoss, reason));
