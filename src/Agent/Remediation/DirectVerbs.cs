using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Remediation;

/// <summary>The verbs that do one thing at once: a service, a pool, a synchronization. Refused while a run goes on.</summary>
internal sealed class DirectVerbs(ServerAccess server, ServerGateKeeper keeper, LocalPolicy policy, ServiceActions services, PoolActions pools, SyncNowAction syncNow, AgentOptions options)
{
    private string? WsusPoolName => server.Current().Iis.Value?.WsusPoolName;

    public Task<ServiceStatus> ControlServiceAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        Validation(request).Verb(request.Verb, ServiceVerbs.All).OneOf("name", request.Name, KnownServices()).ThrowIfWrong();
        return keeper.RunAsync(
            $"{request.Verb} of service {request.Name}, asked for by {request.RequestedBy}, goes on",
            policy.Read(WsusPoolName).RefuseService(request.Name),
            StepTimes.Limit(StepKind.RestartService, options),
            SectionNames.Services,
            async token =>
            {
                if ((await services.ReadAsync(request.Name, token)).State == ServiceState.NotInstalled)
                {
                    throw new VerbException(VerbFailure.Refused, $"{server.Current().Agent.ComputerName}: the service {request.Name} is not installed on this server.");
                }

                await ControlServiceAsync(request, policy.Read(WsusPoolName), token);
                return await services.ReadAsync(request.Name, token);
            },
            cancellationToken);
    }

    public Task<AppPool> ControlPoolAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        Validation(request).Verb(request.Verb, PoolVerbs.All).OneOf("name", request.Name, KnownPools()).ThrowIfWrong();
        return keeper.RunAsync(
            $"{request.Verb} of pool {request.Name}, asked for by {request.RequestedBy}, goes on",
            policy.Read(WsusPoolName).RefusePool(request.Name),
            StepTimes.PoolStopLimit,
            SectionNames.Iis,
            async token =>
            {
                await ControlPoolAsync(request.Name, request.Verb, token);
                await server.RefreshAsync(SectionNames.Iis, token);
                return server.Current().Iis.Value?.Pools.FirstOrDefault(pool => string.Equals(pool.Name, request.Name, StringComparison.OrdinalIgnoreCase))
                    ?? throw new EdgeException(ReadFailure.NotFound, $"The pool {request.Name} was not found any more after the request.");
            },
            cancellationToken);
    }

    public Task<StartSyncAnswer> StartSyncAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        new RequestValidation().RequestedBy(request.RequestedBy).Reason(request.Reason).ThrowIfWrong();
        return keeper.RunAsync(
            $"the start of a synchronization, asked for by {request.RequestedBy}, goes on",
            policy.Read(WsusPoolName).RefuseChanges(),
            StepTimes.ReadLimit * 2,
            SectionNames.Wsus,
            token => AskForSyncAsync(request.IsFullConfigMgrSync, token),
            cancellationToken);
    }

    public Task<string> StopSyncAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        new RequestValidation().RequestedBy(request.RequestedBy).Reason(request.Reason).ThrowIfWrong();
        return keeper.RunAsync(
            $"the stop of a synchronization, asked for by {request.RequestedBy}, goes on",
            policy.Read(WsusPoolName).RefuseChanges(),
            StepTimes.ReadLimit,
            SectionNames.Wsus,
            async token =>
            {
                await server.StopWsusSyncAsync(token);
                return "WSUS accepted the request to stop its synchronization; it will be recorded as cancelled.";
            },
            cancellationToken);
    }

    private static RequestValidation Validation(ControlRequest request) => new RequestValidation().RequestedBy(request.RequestedBy).Reason(request.Reason);

    private async Task ControlServiceAsync(ControlRequest request, PolicyInForce inForce, CancellationToken cancellationToken)
    {
        static void Ignore(string message)
        {
        }

        IReadOnlyList<string> dependents = [];
        if (request.Verb != ServiceVerbs.Start)
        {
            dependents = await services.ReadRunningDependentsAsync(request.Name, cancellationToken);
            if (dependents.Select(inForce.RefuseService).FirstOrDefault(refusal => refusal is not null) is { } refusal)
            {
                throw new VerbException(VerbFailure.Refused, $"{server.Current().Agent.ComputerName}: {request.Name} cannot be stopped without the services that depend on it ({string.Join(", ", dependents)}). {refusal}");
            }
        }

        try
        {
            foreach (var name in request.Verb == ServiceVerbs.Start ? [] : dependents.Append(request.Name))
            {
                await services.StopAsync(name, options.ServiceTimeLimit, Ignore, cancellationToken);
            }

            foreach (var name in request.Verb == ServiceVerbs.Stop ? [] : dependents.Append(request.Name).Reverse())
            {
                await services.StartAsync(name, options.ServiceTimeLimit, Ignore, cancellationToken);
            }
        }
        catch (EdgeException exception) when (dependents.Count > 0)
        {
            throw new EdgeException(
                exception.Failure, $"{exception.Message} These services depend on {request.Name} and may be left stopped: {string.Join(", ", dependents)}. Start them once it runs.", exception);
        }
    }

    private async Task ControlPoolAsync(string name, string verb, CancellationToken cancellationToken)
    {
        var state = await pools.ReadStateAsync(name, cancellationToken);
        if (verb == PoolVerbs.Recycle)
        {
            await pools.RecycleAsync(name, cancellationToken);
            return;
        }

        var wanted = verb == PoolVerbs.Start ? PoolState.Started : PoolState.Stopped;
        if (state == wanted)
        {
            return;
        }

        await (verb == PoolVerbs.Start ? pools.StartAsync(name, cancellationToken) : pools.StopAsync(name, cancellationToken));
        if (!await keeper.UntilAsync(async token => await pools.ReadStateAsync(name, token) == wanted, StepTimes.PoolStopLimit, cancellationToken))
        {
            throw new EdgeException(ReadFailure.TimedOut, $"The pool {name} is not {wanted} yet; IIS goes on with the request.");
        }
    }

    private async Task<StartSyncAnswer> AskForSyncAsync(bool isFull, CancellationToken cancellationToken)
    {
        var (parts, refusals) = (new List<string>(), new List<string>());
        var snapshot = server.Current();
        if (isFull && snapshot.ConfigMgr is { Status: SectionStatus.NotInstalled } or { Value.SiteCode: null or "" } or { Value: null })
        {
            throw new VerbException(
                VerbFailure.Refused, $"{snapshot.Agent.ComputerName}: a full synchronization is one of Configuration Manager, and no site is known on this server. Nothing was asked; leave fullConfigMgrSync out to synchronize WSUS.");
        }

        var isWsusAsked = false;
        if (snapshot.Wsus.Status != SectionStatus.NotInstalled)
        {
            isWsusAsked = await AskAsync("WSUS", server.StartWsusSyncAsync);
        }

        var isConfigMgrAsked = snapshot.ConfigMgr is { Status: not SectionStatus.NotInstalled, Value.SiteCode: { Length: > 0 } siteCode }
            && await AskAsync($"Configuration Manager (site {siteCode})", token => syncNow.AskAsync(siteCode, isFull, token), failure => syncNow.AskByFile(isFull, failure));
        return isWsusAsked || isConfigMgrAsked
            ? new StartSyncAnswer(isWsusAsked, isConfigMgrAsked, string.Join(" ", parts.Concat(refusals)))
            : throw new EdgeException(ReadFailure.Unavailable, refusals.Count == 0 ? "Neither WSUS nor a Configuration Manager site was found on this server." : string.Join(" ", refusals));

        async Task<bool> AskAsync(string whom, Func<CancellationToken, Task> ask, Func<EdgeException, string?>? askOtherwise = null)
        {
            try
            {
                await ask(cancellationToken);
                parts.Add($"{whom} accepted the request.");
                return true;
            }
            catch (EdgeException exception)
            {
                return AskOtherwise(whom, exception, askOtherwise);
            }
        }

        bool AskOtherwise(string whom, EdgeException exception, Func<EdgeException, string?>? ask)
        {
            var refusal = exception.Message;
            try
            {
                if (ask?.Invoke(exception) is { } done)
                {
                    parts.Add($"{whom} was asked by file. {done}");
                    return true;
                }
            }
            catch (EdgeException other)
            {
                refusal = $"{refusal} {other.Message}";
            }

            refusals.Add($"{whom} did not accept the request: {refusal}");
            return false;
        }
    }

    private static IReadOnlyList<string> KnownServices() => ServiceNames.Watched;

    // An unreadable IIS knows no pools; the pool of WSUS then still has a name, and the call says what is wrong with IIS.
    private IReadOnlyList<string> KnownPools() => server.Current().Iis.Value is { Pools.Count: > 0 } iis ? [.. iis.Pools.Select(pool => pool.Name)] : [LocalPolicy.DefaultPoolName];
}
