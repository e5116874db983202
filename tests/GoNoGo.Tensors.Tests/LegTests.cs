using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Tensors.Tests;

[Collection("vector width")]
public sealed class LegTests
{
    [Fact]
    public void TheLegRunsAtTheWidthItClaims() => Legs.CheckWidth();
}
