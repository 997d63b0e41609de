using System.ServiceProcess;

namespace WsusDashboard.StandInService;

/// <summary>One service: starts and stops at once, unless a cue holds it or makes it fail.</summary>
internal sealed class PlayedService : ServiceBase
{
    public PlayedService(string name)
    {
        ServiceName = name;
        AutoLog = false;
    }

    protected override void OnStart(string[] args)
    {
        Stage.Note($"{ServiceName} starting");
        Stage.WaitWhile(ServiceName + ".start-held");
        if (Stage.Has(ServiceName + ".start-fails"))
        {
            Stage.Note($"{ServiceName} failed");
            throw new InvalidOperationException("The test wants this service to fail.");
        }

        Stage.Note($"{ServiceName} started");
    }

    protected override void OnStop()
    {
        Stage.Note($"{ServiceName} stopping");
        Stage.WaitWhile(ServiceName + ".stop-held");
        Stage.Note($"{ServiceName} stopped");
    }
}
