using Google.Protobuf;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>The commands that do one thing at once: a service, a pool, a synchronization. Refused while a repair goes on.</summary>
internal sealed class DirectCommands(
    IServerAccess server, DirectCommandRunner runner, LocalPolicy policy, ServiceActions services, OwedStarts owed, PoolActions pools, SyncNowAction syncNow, AgentOptions options)
{
    private PolicyInForce InForce => policy.Read(server.Current.Iis.Value?.WsusPoolName);

    private string ComputerName => server.Current.Agent.ComputerName;

    /// <summary>Carries a command out and answers as the contract says.</summary>
    /// <exception cref="CommandException">Refused, Conflict, Unavailable.</exception>
    public Task<IMessage> RunAsync(Wire.ICommandRequest request, CommandOrigin origin, CancellationToken cancellationToken) =>
        runner.RunAsync(CommandOf(request), origin, cancellationToken);

    private DirectCommand CommandOf(Wire.ICommandRequest request)
    {
        var asked = $"requested by {request.Context.Person},";
        return request switch
        {
            Wire.ControlServiceRequest service => new(
                $"{service.Verb} of service {service.Name}, {asked}",
                InForce.RefuseService(service.Name),
                StepTimes.Limit(StepKind.RestartService, options),
                SectionNames.Services,
                async token => (await ControlServiceAsync(service.Name, service.Verb, request.Context.Person, token)).ToWire()),
            Wire.ControlPoolRequest pool => new(
                $"{pool.Verb} of pool {pool.Name}, {asked}",
                InForce.RefusePool(pool.Name),
                StepTimes.PoolStopLimit,
                SectionNames.Iis,
                async token => (await ControlPoolAsync(pool.Name, pool.Verb, token)).ToWire()),
            Wire.StartSyncRequest sync => new(
                $"the start of a sync, {asked}",
                InForce.RefuseChanges(),
                StepTimes.ReadLimit * 2,
                SectionNames.Wsus,
                async token => await AskForSyncAsync(sync.FullConfigMgrSync, token)),
            Wire.StopSyncRequest => new(
                $"the stop of a sync, {asked}",
                InForce.RefuseChanges(),
                StepTimes.ReadLimit,
                SectionNames.Wsus,
                async token =>
                {
                    await server.StopWsusSyncAsync(token);
                    return new Wire.StopSyncResponse { Message = "WSUS accepted the request to stop its sync; it will be recorded as cancelled." };
                }),
            _ => throw new InvalidOperationException($"{request.GetType().Name} is not carried out at once."),
        };
    }

    /// <summary>What was done, as a sentence for the person who approved it.</summary>
    public static string Describe(Wire.ICommandRequest request, IMessage answer) => (request, answer) switch
    {
        (Wire.ControlServiceRequest asked, Wire.ServiceStatus service) => $"{asked.Verb} of {asked.Name} is done; its state is {service.ToDomain().State}.",
        (Wire.ControlPoolRequest asked, Wire.AppPool pool) => $"{asked.Verb} of {asked.Name} is done; its state is {pool.ToDomain().State}.",
        (_, Wire.StartSyncResponse sync) => sync.Message,
        (_, Wire.StopSyncResponse sync) => sync.Message,
        _ => throw new InvalidOperationException($"{answer.GetType().Name} is no answer of a direct command."),
    };

    private async Task<ServiceStatus> ControlServiceAsync(string name, string verb, string person, CancellationToken cancellationToken)
    {
        if ((await services.ReadAsync(name, cancellationToken)).State == ServiceState.NotInstalled)
        {
            throw new CommandException(CommandFailure.Refused, $"{ComputerName}: the service {name} isn't installed on this server.");
        }

        IReadOnlyList<string> dependents = [];
        if (verb != ServiceVerbs.Start)
        {
            dependents = await services.ReadRunningDependentsAsync(name, cancellationToken);
            if (dependents.Select(InForce.RefuseService).FirstOrDefault(refusal => refusal is not null) is { } refusal)
            {
                throw new CommandException(CommandFailure.Refused, $"{ComputerName}: {name} can't be stopped without the services that depend on it ({string.Join(", ", dependents)}). {refusal}");
            }
        }

        // What is to run again is written down before it is stopped: also an agent that ends in between starts it. What a person stops is owed to nobody;
        // what a person starts is, until it really runs.
        IReadOnlyList<string> stopped = [.. dependents, name];
        var isRestart = verb == ServiceVerbs.Restart;
        if (isRestart)
        {
            WriteOwed(() => owed.Add(OwedKind.Service, stopped.Reverse(), $"restart of {name}, requested by {person}"));
        }
        else if (verb == ServiceVerbs.Stop)
        {
            WriteOwed(() => owed.Forget(OwedKind.Service, stopped));
        }

        try
        {
            foreach (var service in verb == ServiceVerbs.Start ? [] : stopped)
            {
                await services.StopAsync(service, options.ServiceTimeLimit, Ignore, cancellationToken);
            }

            foreach (var service in verb == ServiceVerbs.Stop ? [] : stopped.Reverse())
            {
                await services.StartAsync(service, options.ServiceTimeLimit, Ignore, cancellationToken);
            }

            WriteOwed(() => owed.Forget(OwedKind.Service, stopped));
        }
        catch (EdgeException exception) when (isRestart && (exception.Failure == ReadFailure.TimedOut || dependents.Count > 0))
        {
            throw new EdgeException(exception.Failure, $"{exception.Message} The agent keeps watching, and starts {string.Join(", ", stopped.Reverse())} again as soon as they have stopped.", exception);
        }
        catch (EdgeException exception) when (dependents.Count > 0)
        {
            throw new EdgeException(
                exception.Failure, $"{exception.Message} These services depend on {name} and may be left stopped: {string.Join(", ", dependents)}. Start them once it runs.", exception);
        }

        return await services.ReadAsync(name, cancellationToken);

        static void Ignore(string message)
        {
        }
    }

    private static void WriteOwed(Action write) => JournalErrors.Read(() =>
    {
        write();
        return true;
    });

    private async Task<AppPool> ControlPoolAsync(string name, string verb, CancellationToken cancellationToken)
    {
        if (verb == PoolVerbs.Recycle)
        {
            await pools.RecycleAsync(name, cancellationToken);
        }
        else
        {
            await SetPoolAsync(name, verb, cancellationToken);
        }

        await server.RefreshAsync(SectionNames.Iis, cancellationToken);
        return server.Current.Iis.Value?.Pools.FirstOrDefault(pool => string.Equals(pool.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new EdgeException(ReadFailure.NotFound, $"The pool {name} no longer exists after the request.");
    }

    private async Task SetPoolAsync(string name, string verb, CancellationToken cancellationToken)
    {
        var wanted = verb == PoolVerbs.Start ? PoolState.Started : PoolState.Stopped;
        if (wanted == PoolState.Stopped)
        {
            // Before the stop: from here on a person wants it so, also if the agent ends in between.
            WriteOwed(() => owed.Forget(OwedKind.Pool, [name]));
        }

        if (await pools.ReadStateAsync(name, cancellationToken) != wanted)
        {
            await (verb == PoolVerbs.Start ? pools.StartAsync(name, cancellationToken) : pools.StopAsync(name, cancellationToken));
            if (!await runner.UntilAsync(async token => await pools.ReadStateAsync(name, token) == wanted, StepTimes.PoolStopLimit, cancellationToken))
            {
                throw new EdgeException(ReadFailure.TimedOut, $"The pool {name} isn't {wanted} yet; IIS is still working on the request.");
            }
        }

        if (wanted == PoolState.Started)
        {
            owed.ForgetOrGoOn(OwedKind.Pool, name);
        }
    }

    private async Task<Wire.StartSyncResponse> AskForSyncAsync(bool isFull, CancellationToken cancellationToken)
    {
        var (parts, refusals) = (new List<string>(), new List<string>());
        var snapshot = server.Current;
        if (isFull && snapshot.ConfigMgr is { Status: SectionStatus.NotInstalled } or { Value.SiteCode: null or "" } or { Value: null })
        {
            throw new CommandException(
                CommandFailure.Refused, $"{snapshot.Agent.ComputerName}: a full sync needs Configuration Manager, and no site is known on this server. Nothing was started; leave out fullConfigMgrSync to sync WSUS.");
        }

        var isWsusAsked = false;
        if (snapshot.Wsus.Status != SectionStatus.NotInstalled)
        {
            isWsusAsked = await AskAsync("WSUS", server.StartWsusSyncAsync);
        }

        var isConfigMgrAsked = snapshot.ConfigMgr is { Status: not SectionStatus.NotInstalled, Value.SiteCode: { Length: > 0 } siteCode }
            && await AskAsync($"Configuration Manager (site {siteCode})", token => syncNow.AskAsync(siteCode, isFull, token), failure => syncNow.AskByFile(isFull, failure));
        return isWsusAsked || isConfigMgrAsked
            ? new Wire.StartSyncResponse { WsusAsked = isWsusAsked, ConfigMgrAsked = isConfigMgrAsked, Message = string.Join(" ", parts.Concat(refusals)) }
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
                    parts.Add($"{whom} was asked with a request file. {done}");
                    return true;
                }
            }
            catch (EdgeException other)
            {
                refusal = $"{refusal} {other.Message}";
            }

            refusals.Add($"{whom} didn't accept the request: {refusal}");
            return false;
        }
    }
}
