using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Probing;

public sealed class ProbeAnswerTests
{
    [Theory]
    [InlineData(200, AnswerClass.Answered)]
    [InlineData(204, AnswerClass.Answered)]
    [InlineData(302, AnswerClass.Misplaced)]
    [InlineData(401, AnswerClass.Refused)]
    [InlineData(403, AnswerClass.Refused)]
    [InlineData(404, AnswerClass.Misplaced)]
    [InlineData(500, AnswerClass.Failed)]
    [InlineData(502, AnswerClass.Failed)]
    [InlineData(503, AnswerClass.Unavailable)]
    [InlineData(null, AnswerClass.NoAnswer)]
    public void Class_OfAStatus_IsWhatItMeansForAClient(int? status, AnswerClass expected) => Assert.Equal(expected, new ProbeAnswer { Status = status }.Class);

    [Fact]
    public void Class_OfAGoodStatusBehindACertificateThatEnded_IsNoAnswer() =>
        Assert.Equal(AnswerClass.NoAnswer, new ProbeAnswer { Status = 200, Failure = ProbeFailure.CertificateInvalid }.Class);

    [Theory]
    [InlineData(ClientEndpoint.ClientWebService, 200, AnswerClass.Answered, true)]
    [InlineData(ClientEndpoint.ClientWebService, 401, AnswerClass.NotAsked, true)]
    [InlineData(ClientEndpoint.ClientWebService, 401, AnswerClass.Refused, true)]
    [InlineData(ClientEndpoint.ClientWebService, 401, AnswerClass.Answered, false)]
    [InlineData(ClientEndpoint.ClientWebService, 404, AnswerClass.NotAsked, false)]
    [InlineData(ClientEndpoint.Content, 401, AnswerClass.NotAsked, false)]
    [InlineData(ClientEndpoint.ApiRemoting30, 401, AnswerClass.Refused, true)]
    public void IsGood_Answer_IsJudgedByWhatIsUsual(ClientEndpoint endpoint, int status, AnswerClass usual, bool isGood)
    {
        var state = new EndpointState { Endpoint = endpoint, Usual = usual, Answer = new ProbeAnswer { Status = status } };

        Assert.Equal((isGood, !isGood), (state.IsGood, state.IsFailing));
    }

    [Theory]
    [InlineData(SkipReason.PoolStopped, true)]
    [InlineData(SkipReason.PoolIdle, false)]
    public void IsFailing_NotAsked_IsFailingOnlyWhereThePoolIsStopped(SkipReason reason, bool isFailing)
    {
        var state = new EndpointState { Endpoint = ClientEndpoint.ClientWebService, Skipped = reason, Usual = AnswerClass.Answered };

        Assert.Equal((isFailing, AnswerClass.NotAsked, reason.ToString()), (state.IsFailing, state.Class, state.State));
    }
}
