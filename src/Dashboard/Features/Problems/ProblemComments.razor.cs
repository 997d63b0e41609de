using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>The comments of a problem, and the field to write another one.</summary>
public sealed partial class ProblemComments
{
    private string? _text = "";
    private string? _failure;
    private bool _isBusy;

    [Inject]
    private ProblemCommentService Service { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Parameter, EditorRequired]
    public long ProblemId { get; set; }

    [Parameter, EditorRequired]
    public Paged<ProblemComment> Comments { get; set; } = new([], 0, 1, 1);

    [Parameter]
    public bool MayWrite { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private Task AddAsync() => DoAsync(async () =>
    {
        var added = await Service.AddAsync(ProblemId, _text ?? "", CancellationToken.None);
        _text = added.IsSuccess ? "" : _text;
        return added.Failure;
    });

    private Task RemoveAsync(ProblemComment comment) => DoAsync(async () =>
    {
        var answer = await Confirmation.AskAsync(new()
        {
            Title = "Delete this comment?",
            Consequence = $"The comment by {comment.By} goes for everyone. The audit keeps who wrote it and who deleted it.",
            Verb = "Delete comment",
            IsDangerous = true,
        });
        return answer is null ? null : (await Service.RemoveAsync(ProblemId, comment.Id, CancellationToken.None)).Failure;
    });

    private async Task DoAsync(Func<Task<Failure?>> change)
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            _failure = (await change())?.Message;
            await OnChanged.InvokeAsync();
        }
        finally
        {
            _isBusy = false;
        }
    }
}
