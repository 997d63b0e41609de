using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Runtime;

/// <summary>What IIS refuses of a pool in a given state.</summary>
internal static class PoolRefusals
{
    public static IisRefusedException NotKnown(string pool) => new(
        $"The object identifier does not represent a valid object: IIS does not know application pool '{pool}' until it is committed.",
        IisRefusedException.ObjectNotKnown);

    public static void RequireStartable(string pool, ObjectState state)
    {
        if (state == ObjectState.Started)
        {
            throw new IisRefusedException(
                $"Application pool '{pool}' cannot be started: an instance of the service is already running.",
                IisRefusedException.AlreadyRunning);
        }

        RefuseBetweenStates(pool, state, "started");
    }

    public static void RequireStarted(string pool, ObjectState state, string verb)
    {
        if (state == ObjectState.Stopped)
        {
            throw new IisRefusedException(
                $"Application pool '{pool}' cannot be {verb}: the service has not been started.",
                IisRefusedException.NotStarted);
        }

        RefuseBetweenStates(pool, state, verb);
    }

    private static void RefuseBetweenStates(string pool, ObjectState state, string verb)
    {
        if (state is ObjectState.Starting or ObjectState.Stopping)
        {
            var doing = state == ObjectState.Starting ? "starting" : "stopping";
            throw new IisRefusedException(
                $"Application pool '{pool}' cannot be {verb}: the service cannot accept control messages at this time (the pool is {doing}).",
                IisRefusedException.CannotAcceptControl);
        }
    }
}
