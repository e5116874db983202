using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels.Distances;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Random;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>Start of expectation-maximisation: k-means from seeds drawn by their squared distance to those before (k-means++, Arthur and Vassilvitskii 2007).</summary>
public static unsafe class MixtureStart
{
    private const int Rounds = 10;
    private const int ItemRows = 256;

    /// <summary>Groups vectors.</summary>
    /// <param name="rows"><c>[n, D]</c>, n above 0.</param>
    /// <param name="count">K, 1 to n.</param>
    /// <param name="stream">Random numbers.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    /// <returns>The group of each vector, 0 on without gaps; fewer than K where vectors are equal.</returns>
    /// <exception cref="ArgumentException">K is out of range.</exception>
    public static int[] Groups(Tensor rows, int count, RandomStream stream, CancellationToken cancellation = default)
    {
        if (rows.Rank != 2 || rows.ElementCount == 0 || count < 1 || count > rows.Shape[0])
        {
            throw new ArgumentException($"MixtureStart: {count} groups of rows {rows.Shape}, expected [n, D] without a zero and 1 to n groups.");
        }

        int n = rows.Shape[0];
        var groups = new int[n];
        using var scope = new TensorScope();
        Tensor centres = Seeds(rows, count, stream, scope, cancellation);
        if (centres.Shape[0] == 1)
        {
            return groups;
        }

        Tensor distances = scope.New(new Shape(n));
        var before = new int[n];
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            using (var nearest = new NearestRows(centres))
            {
                nearest.Find(rows, distances, groups);
            }

            int used = CloseGaps(groups, centres.Shape[0]);
            if (groups.AsSpan().SequenceEqual(before))
            {
                break;
            }

            groups.CopyTo(before, 0);
            centres = Centres(rows, groups, used, scope);
        }

        return groups;
    }

    /// <summary>Numbers the groups that have members anew, in their order; returns how many they are.</summary>
    private static int CloseGaps(int[] groups, int count)
    {
        var number = new int[count];
        foreach (int group in groups)
        {
            // NearestRows finds nothing for what is no number.
            number[group >= 0 ? group : throw new ArithmeticException("MixtureStart: a vector holds what is no number.")] = 1;
        }

        int used = 0;
        for (int k = 0; k < count; k++)
        {
            number[k] = number[k] > 0 ? used++ : -1;
        }

        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = number[groups[i]];
        }

        return used;
    }

    private static Tensor Seeds(Tensor rows, int count, RandomStream stream, TensorScope scope, CancellationToken cancellation)
    {
        (int n, int width) = (rows.Shape[0], rows.Shape[1]);
        Tensor seeds = scope.New(new Shape(count, width));
        var squares = new double[n];
        squares.AsSpan().Fill(double.PositiveInfinity);
        var sequence = new RandomSequence(stream);
        int place = sequence.NextInteger(n);
        for (int k = 0; k < count; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            rows[place].CopyTo(seeds[k]);
            if (k + 1 == count)
            {
                break;
            }

            fixed (double* kept = squares)
            {
                Workers.For((n + ItemRows - 1) / ItemRows, new DistanceBody { Rows = rows.Pointer, Count = n, Width = width, Centre = seeds[k].Pointer, Squares = kept });
            }

            double total = 0;
            foreach (double square in squares)
            {
                total += square;
            }

            if (total <= 0)
            {
                return seeds.Slice(0, k + 1);
            }

            double drawn = sequence.NextUniform() * total;
            place = -1;
            for (int i = 0; i < n; i++)
            {
                if (squares[i] > 0)
                {
                    place = i;
                    drawn -= squares[i];
                    if (drawn < 0)
                    {
                        break;
                    }
                }
            }
        }

        return seeds;
    }

    private static Tensor Centres(Tensor rows, int[] groups, int count, TensorScope scope)
    {
        int width = rows.Shape[1];
        var sums = new double[checked(count * width)];
        var members = new int[count];
        float* row = rows.Pointer;
        fixed (double* sum = sums)
        {
            for (int i = 0; i < groups.Length; i++, row += width)
            {
                members[groups[i]]++;
                DoubleRows.AddScaled(1, row, sum + ((long)groups[i] * width), width);
            }
        }

        Tensor centres = scope.New(new Shape(count, width));
        for (int i = 0; i < sums.Length; i++)
        {
            centres.Span[i] = (float)(sums[i] / members[i / width]);
        }

        return centres;
    }

    private struct DistanceBody : IParallelBody
    {
        public float* Rows;
        public int Count;
        public int Width;
        public float* Centre;
        public double* Squares;

        public readonly void Invoke(int index)
        {
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Count); i++)
            {
                Squares[i] = Math.Min(Squares[i], DoubleRows.SquareSum(Rows + ((long)i * Width), Centre, null, Width));
            }
        }
    }
}
