using WsusDashboard.Agent.Repairs.Trials;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Trials;

public sealed class TrialJudgeTests
{
    [Theory]
    [InlineData(new[] { 200, 200, 503, 503, 503 }, AnswerClass.Unavailable, "503")]
    [InlineData(new[] { 503, 200, 503, 200, 200 }, AnswerClass.Answered, "200")]
    [InlineData(new[] { 200, 500 }, AnswerClass.Failed, "500")]
    [InlineData(new[] { 401 }, AnswerClass.Refused, "401")]
    public void Series_OfSeveralAnswers_IsThatInTheMiddle(int[] statuses, AnswerClass expected, string words)
    {
        var series = Series(statuses);

        Assert.Equal((expected, words), (series.Class, series.Words));
    }

    [Fact]
    public void Window_MoreThanFive_KeepsTheNewest()
    {
        var window = new AnswerWindow();
        foreach (var status in new[] { 503, 503, 503, 200, 200, 200, 200, 200 })
        {
            window.Add(new ClientState { Endpoints = [State(status)] });
        }

        Assert.True(window.IsFull);
        Assert.All(window.Series()[0].Answers, state => Assert.Equal(200, state.Answer?.Status));
    }

    [Theory]
    [InlineData(200, 200, true)]
    [InlineData(200, 401, false)]
    [InlineData(401, 200, true)]
    [InlineData(401, 401, true)]
    [InlineData(404, 500, true)]
    [InlineData(503, 404, true)]
    [InlineData(200, 404, false)]
    public void WorseThanBefore_Class_IsWorseOnlyWhereItAnsweredBefore(int before, int after, bool isAsGood) =>
        Assert.Equal(isAsGood, TrialJudge.WorseThanBefore(Compare(before, after).Endpoints[0]) is null);

    [Fact]
    public void WorseThanBefore_EndpointThatCannotBeAskedAnyMore_IsWorse() =>
        Assert.NotNull(TrialJudge.WorseThanBefore(TrialJudge.Compare(TrialJudge.Begin([Series(200)]), []).Endpoints[0]));

    [Theory]
    [InlineData(200, 200, true, false, TrialVerdict.Passed)]
    [InlineData(200, 200, false, false, null)]
    [InlineData(200, 200, false, true, TrialVerdict.Passed)]
    [InlineData(200, 404, true, false, null)]
    [InlineData(200, 404, true, true, TrialVerdict.Worse)]
    [InlineData(503, 503, true, false, null)]
    [InlineData(503, 503, true, true, TrialVerdict.NotProven)]
    [InlineData(503, 200, true, false, TrialVerdict.Passed)]
    public void Decide_WithoutASign_WaitsForTheAnswersOrTheLimit(int before, int after, bool isFull, bool isOver, TrialVerdict? expected) =>
        Assert.Equal(expected, TrialJudge.Decide(Compare(before, after), isFull, null, isOver)?.Verdict);

    [Theory]
    [InlineData(200, TrialVerdict.Worse)]
    [InlineData(503, TrialVerdict.NotProven)]
    public void Decide_WithASign_EndsAtOnce(int before, TrialVerdict expected) =>
        Assert.Equal(expected, TrialJudge.Decide(Compare(before, 200), isFull: false, "the worker crashed", isOver: false)?.Verdict);

    private static Trial Compare(int before, int after) => TrialJudge.Compare(TrialJudge.Begin([Series(before)]), [Series(after)]);

    private static EndpointSeries Series(params int[] statuses) => new(ClientEndpoint.ClientWebService, [.. statuses.Select(State)]);

    private static EndpointState State(int status) => new() { Endpoint = ClientEndpoint.ClientWebService, Answer = new ProbeAnswer { Status = status, Duration = TimeSpan.FromMilliseconds(20) } };
}
