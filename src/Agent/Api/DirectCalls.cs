using System.Globalization;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The verbs that do one thing at once, from their request to their answer: called for by a hub, or after somebody on the server approved them.</summary>
internal sealed class DirectCalls(RemediationService remediation)
{
    /// <summary>Carries out what waited; the value is a sentence.</summary>
    /// <exception cref="VerbException">It could not be carried out.</exception>
    public async Task<string> CarryOutAsync(Wire.IVerbRequest request, CancellationToken cancellationToken) => request switch
    {
        Wire.ControlServiceRequest control => Sentence(control.Verb, control.Name, (await ControlServiceAsync(control, cancellationToken)).ToDomain().State),
        Wire.ControlPoolRequest control => Sentence(control.Verb, control.Name, (await ControlPoolAsync(control, cancellationToken)).ToDomain().State),
        Wire.StartSyncRequest sync => (await StartSyncAsync(sync, cancellationToken)).Message,
        Wire.StopSyncRequest sync => (await StopSyncAsync(sync, cancellationToken)).Message,
        _ => throw new VerbException(VerbFailure.Refused, $"{request.GetType().Name} is nothing that is carried out at once. Nothing was started."),
    };

    public async Task<Wire.ServiceStatus> ControlServiceAsync(Wire.ControlServiceRequest request, CancellationToken cancellationToken) =>
        (await remediation.ControlServiceAsync(new ControlRequest { Name = request.Name, Verb = request.Verb, RequestedBy = request.RequestedBy, Reason = request.Reason }, cancellationToken)).ToWire();

    public async Task<Wire.AppPool> ControlPoolAsync(Wire.ControlPoolRequest request, CancellationToken cancellationToken) =>
        (await remediation.ControlPoolAsync(new ControlRequest { Name = request.Name, Verb = request.Verb, RequestedBy = request.RequestedBy, Reason = request.Reason }, cancellationToken)).ToWire();

    public async Task<Wire.StartSyncResponse> StartSyncAsync(Wire.StartSyncRequest request, CancellationToken cancellationToken)
    {
        var start = new SyncRequest { RequestedBy = request.RequestedBy, Reason = request.Reason, IsFullConfigMgrSync = request.FullConfigMgrSync };
        var answer = await remediation.StartSyncAsync(start, cancellationToken);
        return new Wire.StartSyncResponse { WsusAsked = answer.WsusAsked, ConfigMgrAsked = answer.ConfigMgrAsked, Message = answer.Message };
    }

    public async Task<Wire.StopSyncResponse> StopSyncAsync(Wire.StopSyncRequest request, CancellationToken cancellationToken) =>
        new() { Message = await remediation.StopSyncAsync(new SyncRequest { RequestedBy = request.RequestedBy, Reason = request.Reason }, cancellationToken) };

    private static string Sentence(string verb, string name, Enum state) => string.Create(CultureInfo.InvariantCulture, $"{verb} of {name} is done; its state is {state}.");
}
