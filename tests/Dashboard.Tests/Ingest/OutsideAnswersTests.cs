using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class OutsideAnswersTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    [Fact]
    public void Follow_FirstAsking_IsKnownSinceThenAndNoChange()
    {
        var (section, changes) = Follow(null, 0, 200);

        Assert.Empty(changes);
        Assert.Equal((SectionStatus.Ok, Clock.Start, Interval), (section.Status, section.ReadAt, section.Interval));
        Assert.Equal((Clock.Start, AnswerClass.Answered), (Only(section).Since, Only(section).Usual));
    }

    [Fact]
    public void Follow_SameStateAgain_KeepsItsMomentAndTellsNothing()
    {
        var (first, _) = Follow(null, 0, 200);
        var (second, changes) = Follow(first, 5, 204);

        Assert.Empty(changes);
        Assert.Equal((Clock.Start, Clock.Start.AddMinutes(5), first.Revision + 1), (Only(second).Since, second.ReadAt, second.Revision));
    }

    [Fact]
    public void Follow_AnotherState_IsAChangeSinceThen()
    {
        var (first, _) = Follow(null, 0, 200);
        var (second, changes) = Follow(first, 5, 503);

        var change = Assert.Single(changes);
        Assert.Equal(("outside:ClientWebService", "Answered", "Unavailable"), (change.Subject, change.From, change.To));
        Assert.Equal((Clock.Start.AddMinutes(5), AnswerClass.Answered, true), (Only(second).Since, Only(second).Usual, Only(second).IsFailing));
    }

    [Fact]
    public void Follow_RefusalsOnly_AreUsualUntilSomethingBetterCame()
    {
        var (first, _) = Follow(null, 0, 401);
        Assert.False(Only(first).IsFailing);

        var (second, _) = Follow(first, 5, 200);
        var (third, _) = Follow(second, 10, 401);
        Assert.True(Only(third).IsFailing);
    }

    [Fact]
    public void Follow_BadAnswersThatChange_AreFailingSinceTheFirst()
    {
        var (first, _) = Follow(null, 0, 200);
        var (second, _) = Follow(first, 5, 503);
        var (third, _) = Follow(second, 10, 500);
        var (fourth, _) = Follow(third, 15, 200);

        Assert.Equal((Clock.Start.AddMinutes(10), Clock.Start.AddMinutes(5), Clock.Start.AddMinutes(5)), (Only(third).Since, Only(third).FailingSince, Only(third).BadSince));
        Assert.Equal((null, null), (Only(fourth).FailingSince, Only(fourth).BadSince));
    }

    [Fact]
    public void Follow_EndpointThatIsNotAskedAnyMore_IsForgottenWithoutAChange()
    {
        var (first, _) = Follow(null, 0, 200);
        var (second, changes) = OutsideAnswers.Follow(first, [], Interval, Clock.Start.AddMinutes(5));

        Assert.Empty(changes);
        Assert.Empty(second.Value!.Endpoints);
    }

    private static EndpointState Only(Section<ClientState> section) => Assert.Single(section.Value!.Endpoints);

    private static (Section<ClientState> Section, IReadOnlyList<StateChange> Changes) Follow(Section<ClientState>? before, int minute, int status) => OutsideAnswers.Follow(
        before, [new EndpointState { Endpoint = ClientEndpoint.ClientWebService, Answer = new ProbeAnswer { Status = status } }], Interval, Clock.Start.AddMinutes(minute));
}
