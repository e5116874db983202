using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels;

[Collection("vector width")]
public sealed class NearestRowsTests
{
    [Theory]
    [InlineData(1, 1, 1, 0f)]
    [InlineData(3, 70, 5, 0f)]
    [InlineData(200, 130, 33, 0f)]
    [InlineData(97, 65, 384, 0f)]
    [InlineData(300, 20, 64, 1000f)]
    [InlineData(4100, 131, 20, 0f)]
    public void TheNearestIsThatOfADoubleReference(int stored, int asked, int width, float offset)
    {
        using var scope = new TensorScope();
        // Far from the origin products lose all digits that tell neighbours apart.
        Tensor rows = Noise(scope, stored, width, "rows", offset);
        Tensor queries = Noise(scope, asked, width, "queries", offset);
        rows[0].CopyTo(queries[asked - 1]);
        using var nearest = new NearestRows(rows);
        Tensor distances = scope.New(new Shape(asked));
        var places = new int[asked];
        nearest.Find(queries, distances, places);
        for (int q = 0; q < asked; q++)
        {
            (double best, int place) = (double.PositiveInfinity, -1);
            for (int i = 0; i < stored; i++)
            {
                double square = ReferenceDistance.Squared(queries[q].Span, rows[i].Span);
                (best, place) = square < best ? (square, i) : (best, place);
            }

            Assert.Equal(Math.Sqrt(best), distances.Span[q], 1e-5 * Math.Sqrt(best));
            Assert.True(places[q] == place || ReferenceDistance.Squared(queries[q].Span, rows[places[q]].Span) <= best * (1 + 1e-5));
        }

        Assert.Equal(0f, distances.Span[asked - 1]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4100)]
    public void EqualVectorsGiveTheFirstAndNaNGivesNone(int stored)
    {
        using var scope = new TensorScope();
        Tensor rows = scope.Zeros(new Shape(stored, 7));
        Tensor queries = scope.Zeros(new Shape(2, 7));
        queries[1].Span[3] = float.NaN;
        using var nearest = new NearestRows(rows);
        Tensor distances = scope.New(new Shape(2));
        var places = new int[2];
        nearest.Find(queries, distances, places);
        Assert.Equal([0, -1], places);
        Assert.Equal(0f, distances.Span[0]);
        Assert.True(float.IsNaN(distances.Span[1]));
    }

    private static Tensor Noise(TensorScope scope, int count, int width, string purpose, float offset)
    {
        Tensor tensor = scope.New(new Shape(count, width));
        new RandomStream(3, purpose).FillNormal(offset, 1, tensor);
        return tensor;
    }
}
