using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>
/// What agents answered to this dashboard about repairs just now. Where another dashboard owns the server, the history has a repair a moment after its start was answered here. Threading: any thread.
/// </summary>
internal sealed class AnsweredRepairs(TimeProvider timeProvider)
{
    private const int Capacity = 200;

    private readonly Lock _lock = new();
    private readonly Queue<(int ServerId, Repair Run, DateTimeOffset At)> _answers = new();

    public void Keep(int serverId, Repair run)
    {
        lock (_lock)
        {
            _answers.Enqueue((serverId, run, timeProvider.GetUtcNow()));
            if (_answers.Count > Capacity)
            {
                _answers.Dequeue();
            }
        }
    }

    public (int ServerId, Repair Run, DateTimeOffset At)? Find(string repairId)
    {
        lock (_lock)
        {
            return _answers.Where(answer => answer.Run.Id == repairId).Select(answer => ((int, Repair, DateTimeOffset)?)answer).LastOrDefault();
        }
    }
}
