using System.Runtime.ExceptionServices;

namespace WsusDashboard.Agent;

/// <summary>
/// Ends the agent at the first sign that its memory is used up, before anybody catches it: a step that went wrong for want of memory has said nothing about the server, so no outcome of
/// it may be written. The service is started again, and a repair goes on as after a kill.
/// </summary>
internal sealed class OutOfMemoryExit : IDisposable
{
    private readonly Action _end;

    private OutOfMemoryExit(Action end) => _end = end;

    /// <param name="end">Ends the agent at once; called on the thread that wanted memory, and there may be none.</param>
    public static OutOfMemoryExit Watch(Action end)
    {
        var exit = new OutOfMemoryExit(end);
        AppDomain.CurrentDomain.FirstChanceException += exit.OnException;
        return exit;
    }

    /// <summary>For the program itself.</summary>
    public static OutOfMemoryExit Watch() => Watch(static () => Environment.FailFast("The agent ran out of memory. The service restarts, and a running repair resumes where it stopped."));

    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= OnException;

    private void OnException(object? sender, FirstChanceExceptionEventArgs arguments)
    {
        if (arguments.Exception is OutOfMemoryException)
        {
            _end();
        }
    }
}
