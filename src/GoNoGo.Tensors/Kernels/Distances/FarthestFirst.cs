using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Distances;

/// <summary>
/// Greedy k-center: starting from one vector, the one farthest from all chosen so far is chosen again and again (Gonzalez 1985: at most
/// twice the radius of the best choice). Vectors are compared with a new centre only where the triangle inequality leaves a chance that
/// it is nearer than their own; the choice is that of comparing all.
/// </summary>
public static unsafe class FarthestFirst
{
    private const int ItemRows = 2048;

    /// <summary>Safety of the skipping against rounding, relative to a squared distance.</summary>
    private const float Margin = 1.001f;

    /// <summary>Chooses.</summary>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="first">The first choice.</param>
    /// <param name="count">How many to choose, 1 to n.</param>
    /// <param name="progress">Told the number chosen, now and then.</param>
    /// <param name="cancellation">Stops between two choices.</param>
    /// <returns>The chosen places in their order; fewer than asked for where all others equal one of them.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static int[] Choose(Tensor rows, int first, int count, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        if (rows.Rank != 2 || rows.ElementCount == 0 || first < 0 || first >= rows.Shape[0] || count < 1 || count > rows.Shape[0])
        {
            throw new ArgumentException($"FarthestFirst: {count} of {rows.Shape} from {first}, expected [n, D] without a zero, a place in it, and 1 to n.");
        }

        int n = rows.Shape[0];
        int width = rows.Shape[1];
        int items = (n + ItemRows - 1) / ItemRows;
        using var scope = new TensorScope();
        Tensor nearest = scope.New(new Shape(n));
        nearest.Span.Fill(float.PositiveInfinity);
        Tensor centres = scope.New(new Shape(count));
        var owner = new int[n];
        var chosen = new int[count];
        var farthest = new int[items];
        chosen[0] = first;
        fixed (int* owners = owner, places = chosen, far = farthest)
        {
            for (int k = 0; ; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                VectorLoop.For((k + ItemRows - 1) / ItemRows, new CentreBody { Rows = rows.Pointer, Width = width, Chosen = places, Last = k, Distances = centres.Pointer });
                VectorLoop.For(items, new Body
                {
                    Rows = rows.Pointer,
                    Count = n,
                    Width = width,
                    Centre = places[k],
                    Number = k,
                    Centres = centres.Pointer,
                    Nearest = nearest.Pointer,
                    Owner = owners,
                    Farthest = far,
                });
                int best = farthest[0];
                for (int item = 1; item < items; item++)
                {
                    best = nearest.Pointer[farthest[item]] > nearest.Pointer[best] ? farthest[item] : best;
                }

                if (k % 256 == 0)
                {
                    progress?.Invoke(k + 1);
                }

                if (k + 1 == count || nearest.Pointer[best] <= 0)
                {
                    return chosen[..(k + 1)];
                }

                chosen[k + 1] = best;
            }
        }
    }

    /// <summary>Squared distances of the new centre to those before.</summary>
    private struct CentreBody : IVectorBody
    {
        public float* Rows;
        public int Width;
        public int* Chosen;
        public int Last;
        public float* Distances;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* centre = Rows + ((long)Chosen[Last] * Width);
            for (int i = index * ItemRows; i < Math.Min((index + 1) * ItemRows, Last); i++)
            {
                Distances[i] = SquaredDistance.Of<TSimd, TVector, TInt>(centre, Rows + ((long)Chosen[i] * Width), Width);
            }
        }
    }

    /// <summary>Brings a part of the vectors up to date and finds its farthest, the first of equals.</summary>
    private struct Body : IVectorBody
    {
        public float* Rows;
        public int Count;
        public int Width;
        public int Centre;
        public int Number;
        public float* Centres;
        public float* Nearest;
        public int* Owner;
        public int* Farthest;

        public readonly void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            float* centre = Rows + ((long)Centre * Width);
            int start = index * ItemRows;
            int best = start;
            for (int i = start; i < Math.Min(start + ItemRows, Count); i++)
            {
                // A centre at least twice as far from the own centre as the vector is cannot be nearer.
                if (Number == 0 || Centres[Owner[i]] < 4 * Margin * Nearest[i])
                {
                    float distance = SquaredDistance.Of<TSimd, TVector, TInt>(centre, Rows + ((long)i * Width), Width);
                    if (distance < Nearest[i])
                    {
                        Nearest[i] = distance;
                        Owner[i] = Number;
                    }
                }

                best = Nearest[i] > Nearest[best] ? i : best;
            }

            Farthest[index] = best;
        }
    }
}
